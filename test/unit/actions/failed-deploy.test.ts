import { expect, it } from 'vitest';
import { failedDeploy } from '../../../src/actions/failed-deploy.ts';
import type { Plan } from '../../../src/core/change.ts';
import { Cancelled, ExpectedError } from '../../../src/core/errors.ts';
import type { Release } from '../../../src/core/release.ts';
import type { Stage } from '../../../src/engine/progress.ts';
import type { Target } from '../../../src/targets/target.ts';

const cause = new ExpectedError({
  code: 'E_ROLLOUT_FAILED',
  exit: 'failure',
  message: 'web cannot start',
  hints: ['mend it'],
});
const plan: Plan = {
  version: 1,
  app: 'shop',
  environment: 'staging',
  place: 'a test',
  changes: [
    { id: 'A/a', action: 'update', fields: [], after: [] },
    { id: 'A/b', action: 'none', fields: [], after: [] },
  ],
};

/** A place with these results, oldest first; `onPlan` happens when the way back is planned. */
function ended(
  error: unknown,
  results: Release['result'][],
  {
    stop = new AbortController(),
    stages = [['A/a', 'ready']] as [string, Stage][],
    rollbackOnFailure = false,
    onPlan = () => {},
    keepsHistory = true,
  } = {},
) {
  const releases = results
    .map((result, index) => ({ number: index + 1, result, cause: { action: 'deploy' } }) as Release)
    .reverse();
  const records = {
    list: async () => releases,
    planRollback: async () => {
      onPlan();
      return plan;
    },
  };
  const target = { ...(keepsHistory && { records }), apply: async () => undefined } as unknown as Target;
  return failedDeploy(
    error,
    { plan, stages: new Map(stages) },
    { timeout: 1000, rollbackOnFailure },
    {
      workspace: { name: 'shop' },
      environment: { name: 'staging' } as never,
      target,
      who: 'ada',
      emit: () => undefined,
      signal: stop.signal,
      locked: (work) => work(),
    },
  );
}

const hintsOf = async (...results: Release['result'][]) =>
  ((await ended(cause, results)) as ExpectedError).explanation.hints;

it('says how to go back, where something else was good', async () => {
  const back = 'cloudnative rollback -e staging        goes back to release 1';
  expect(await hintsOf('deployed', 'failed')).toEqual(['mend it', back]);
  expect(await hintsOf('deployed', 'failed', 'pending')).toEqual(['mend it', back]);
  // What fails is the good one itself, or nothing was good.
  expect(await hintsOf('deployed', 'deployed')).toEqual(['mend it']);
  expect(await hintsOf('failed', 'failed')).toEqual(['mend it']);
  expect(await hintsOf()).toEqual(['mend it']);
  expect(await ended(cause, ['deployed', 'failed'], { keepsHistory: false })).toBe(cause);
});

it('says what an interrupted run leaves, once it has written something', async () => {
  const stop = new AbortController();
  stop.abort(new Cancelled('terminated', 'terminated'));
  const left = async (more: object) =>
    ((await ended(stop.signal.reason, [], { stop, ...more })) as Cancelled).left;
  expect(await ended(stop.signal.reason, [], { stop })).toMatchObject({ exit: 'terminated' });
  expect(await left({})).toEqual({
    why: 'what was applied so far is left as it is, and nothing was rolled back',
    hints: [
      'repeat the command: it continues from here',
      'cloudnative rollback -e staging        goes back to the last good release, where there is one',
    ],
  });
  expect((await left({ keepsHistory: false }))!.hints).toHaveLength(1);
  expect(await left({ stages: [['A/b', 'ready']] })).toBeUndefined();
  expect(await left({ stages: [] })).toBeUndefined();
});

it('keeps the first cause when the way back is interrupted', async () => {
  const stop = new AbortController();
  const onPlan = () => stop.abort(new Cancelled('interrupted'));
  const more = { stop, onPlan, rollbackOnFailure: true };
  const error = (await ended(cause, ['deployed', 'failed'], more)) as Cancelled;
  expect(error).toBeInstanceOf(Cancelled);
  expect(error.left?.why).toEqual([
    'the way back is not complete; it began because web cannot start',
    'what was applied so far is left as it is',
  ]);
});
