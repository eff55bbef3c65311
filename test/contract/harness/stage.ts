import { afterAll, beforeAll, onTestFinished } from 'vitest';
import type { Built } from './build.ts';
import { type Callee, type CalleeAnswer, startCallee } from './callee.ts';
import { type Service, startService } from './service.ts';

/** The service with somebody to call. */
export interface Stage {
  service: Service;
  callee: Callee;
}

export interface StageOptions {
  settings?: Record<string, string>;
  answer?: CalleeAnswer;
}

/** For one test, which ends it. */
export async function stageForTest(built: Built, options: StageOptions = {}): Promise<Stage> {
  const stage = await openStage(built, options);
  onTestFinished(() => closeStage(stage));
  return stage;
}

/** For all tests of a suite. */
export function stageForSuite(built: () => Built, options: StageOptions = {}): () => Stage {
  let stage: Stage | undefined;
  beforeAll(async () => {
    stage = await openStage(built(), options);
  });
  afterAll(async () => {
    if (stage) await closeStage(stage);
  });
  return () => {
    if (!stage) throw new Error('the service is not started yet');
    return stage;
  };
}

async function openStage(built: Built, { settings, answer }: StageOptions): Promise<Stage> {
  const callee = await startCallee(answer);
  try {
    return { callee, service: await startService(built, { ...callee.env, ...settings }) };
  } catch (error) {
    callee.close();
    throw error;
  }
}

async function closeStage({ service, callee }: Stage): Promise<void> {
  await service.stop();
  callee.close();
}
