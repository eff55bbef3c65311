import type { Change } from '../../core/change.ts';
import { delay } from '../../core/duration.ts';
import { mapLimit } from '../../core/limit.ts';
import { ApiError } from './api/api-error.ts';
import { applyObject, type Cluster, until } from './cluster.ts';
import { conflictsIn } from './plan/conflicts.ts';
import { provenAmong } from './plan/proven.ts';
import { type Refusal, refusal, refusalError } from './plan/refusals.ts';
import { type ApplyStep, stepOf } from './step.ts';

/** Asks the server about what it could not judge when it was planned, before the first write of each stage. */
export interface Stages {
  /** Notes the changes of a plan that is about to be carried out. */
  planned(changes: readonly Change[]): void;
  /** Throws with everything that the server refuses in the change's stage. */
  judge(change: Change, signal: AbortSignal): Promise<void>;
}

/** A definition that is established, or was changed, is served some moments later. */
const attempts = 20;
const pause = 150;

export function createStages(cluster: Cluster): Stages {
  let members = new Map<string, Change[]>();
  let verdicts = new Map<string, Promise<void>>();
  return {
    planned(changes) {
      verdicts = new Map();
      members = new Map();
      for (const change of changes) {
        const stage = stageOf(change);
        if (stage !== undefined) members.set(stage, [...(members.get(stage) ?? []), change]);
      }
    },
    judge(change, signal) {
      const stage = stageOf(change);
      if (stage === undefined) return Promise.resolve();
      const known = verdicts.get(stage);
      if (known) return known;
      // A plan that was read from a file has not been noted: then each is judged alone.
      const verdict = judgeAll(members.get(stage) ?? [change], cluster, signal);
      if (members.has(stage)) verdicts.set(stage, verdict);
      return verdict;
    },
  };
}

function stageOf(change: Change): string | undefined {
  const step = stepOf(change);
  return step?.do === 'apply' ? step.stage : undefined;
}

async function judgeAll(changes: readonly Change[], cluster: Cluster, signal: AbortSignal): Promise<void> {
  const steps = changes.map((change) => stepOf(change) as ApplyStep);
  const isProven = provenAmong(steps, until(signal, cluster));
  const refusals = await mapLimit(changes, 8, async (change, index) =>
    (await isProven(steps[index]!)) ? undefined : refusalOf(change, cluster, signal),
  );
  const found = refusals.flatMap((one) => one ?? []);
  if (found.length > 0) throw refusalError(found);
}

async function refusalOf(
  change: Change,
  cluster: Pick<Cluster, 'api'>,
  signal: AbortSignal,
): Promise<Refusal | undefined> {
  const { path, object, force, at = '', stage = '' } = stepOf(change) as ApplyStep;
  const isDefined = stage.startsWith('CustomResourceDefinition/');
  for (let attempt = 1; ; attempt++) {
    try {
      await applyObject(cluster, path, object, { dryRun: true, force, signal });
      return undefined;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      const again = attempt < attempts && (isDefined || error.status === 404);
      if (isFinal(error) && !again) {
        const [, file = at, line = '1'] = /^(.*):(\d+)$/.exec(at) ?? [];
        const conflicts = conflictsIn(error, change.id, object, object);
        return refusal(error, { id: change.id, object, file, line: Number(line), conflicts });
      }
      if (!again) return undefined;
      await delay(pause, signal);
    }
  }
}

/** What the manifest itself is refused for; anything else may be another when it is written. */
function isFinal({ status, message, causes }: ApiError): boolean {
  if (status === 400 || status === 422) return true;
  if (status === 409) return causes.length > 0;
  if (status === 403) return !/not found/.test(message);
  return status === 500 && /typed patch object|convert new object/.test(message);
}
