import { setMaxListeners } from 'node:events';
import { deploy as deployAction } from '../../../../src/actions/deploy.ts';
import { rollback as rollbackAction } from '../../../../src/actions/rollback.ts';
import { ExpectedError, type Explanation } from '../../../../src/core/errors.ts';
import type { Event } from '../../../../src/core/events.ts';
import type { DesiredService, Target } from '../../../../src/targets/target.ts';
import type { Environment, Workspace } from '../../../../src/workspace/model.ts';

export interface Run {
  signal?: AbortSignal;
  timeout?: number;
  rollbackOnFailure?: boolean;
  events?: Event[];
}

const environment = { name: 'staging', target: 'kubernetes', services: {} } as unknown as Environment;
const never = new AbortController().signal;
setMaxListeners(0, never);

/** The action itself, with artifacts that are there already. */
export function deploy(target: Target, desired: readonly DesiredService[], run: Run = {}) {
  const artifacts = new Map(desired.map(({ service, artifact }) => [service.name, artifact]));
  const services = desired.map(({ service, env }) => ({ ...service, env }));
  const { timeout = 60_000, rollbackOnFailure } = run;
  return deployAction(
    { services, timeout, wait: true, rollbackOnFailure },
    {
      ...around(target, run),
      supply: {
        builder: {
          find: async ({ name }) => artifacts.get(name)!,
          build: async () => {
            throw new Error('there is nothing to build');
          },
        },
      },
    },
  );
}

export function rollback(target: Target, to?: number, run: Run = {}) {
  return rollbackAction({ to, timeout: run.timeout ?? 60_000 }, { ...around(target, run), known: [] });
}

/** `number result` of each, newest first. */
export async function results(target: Target): Promise<string[]> {
  const releases = await target.records!.list();
  return releases.map(({ number, result }) => `${number} ${result}`);
}

export async function thrownBy(promise: Promise<unknown>): Promise<Explanation> {
  const error = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof ExpectedError)) throw error ?? new Error('nothing was thrown');
  return error.explanation;
}

function around(target: Target, { signal = never, events = [] }: Run) {
  return {
    workspace: { name: 'shop', services: [], defaultEnvironment: 'staging' } as unknown as Workspace,
    environment,
    target,
    who: 'ada@laptop',
    consent: async () => undefined,
    consentBack: async () => undefined,
    emit: (event: Event) => void events.push(event),
    signal,
  };
}
