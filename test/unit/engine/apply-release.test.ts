import { describe, expect, it } from 'vitest';
import type { Change, Plan } from '../../../src/core/change.ts';
import { Cancelled, ExpectedError } from '../../../src/core/errors.ts';
import type { Event } from '../../../src/core/events.ts';
import type { Release } from '../../../src/core/release.ts';
import { applyRelease } from '../../../src/engine/apply-release.ts';
import { withProgress } from '../../../src/engine/progress.ts';
import { revertRelease } from '../../../src/engine/revert-release.ts';
import { settleRelease } from '../../../src/engine/settle-release.ts';
import type { Records, ReleaseDraft } from '../../../src/targets/records.ts';

const change = (id: string, action: Change['action'] = 'update'): Change => ({
  id,
  action,
  fields: [],
  after: [],
});
const plan = (...changes: Change[]): Plan => ({
  version: 1,
  app: 'shop',
  environment: 'staging',
  place: 'a test',
  changes,
});
const draft = (...changes: Change[]): ReleaseDraft => ({
  plan: plan(...changes),
  who: 'ada',
  cause: { action: 'deploy', services: [] },
});
const options = { timeout: 2000, wait: true };

/** A place whose history is an array; what `fails` is told to fail does. */
function place({ fails = [] as string[], planFails = false, matches = true, hangs = false } = {}) {
  const history: Release[] = [];
  const asked: string[] = [];
  const events: Event[] = [];
  const records: Records = {
    list: async () => [...history].reverse(),
    async open({ who, cause }) {
      asked.push('open');
      const release = { number: history.length + 1, who, cause, result: 'pending' } as unknown as Release;
      history.push(release);
      return release;
    },
    async close({ number }, outcome) {
      asked.push(`close ${number} ${outcome.result}`);
      if (hangs) await new Promise(() => undefined);
      history[number - 1] = { ...history[number - 1]!, ...outcome };
    },
    matches: async () => matches,
    async planRollback() {
      if (planFails) throw refused('the place is gone', 'E_UNREACHABLE');
      return plan(change('a'), change('b'));
    },
    planUndo: async () => plan(change('a', 'remove')),
  };
  const deps = {
    records,
    emit: (event: Event) => void events.push(event),
    signal: new AbortController().signal,
    locked: <T>(work: () => Promise<T>) => work(),
    target: {
      apply: async ({ id }: Change) => {
        asked.push(`apply ${id}`);
        if (fails.includes(`${id} ${asked.filter((one) => one === `apply ${id}`).length}`))
          throw refused(`${id} is refused`);
      },
      verdict: async () => ({ readiness: 'ready', reason: 'ready' }) as const,
      diagnose: async () => ({ message: '', where: '', why: [], hints: [] }),
    },
  };
  return { history, asked, events, deps, records };
}

function refused(message: string, code = 'E_REFUSED'): ExpectedError {
  return new ExpectedError({ code, exit: 'conflict', message, data: { resource: 'a' } });
}

const thrownBy = async (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: ExpectedError) => error,
  );

describe('applyRelease', () => {
  it('opens before the first write, and closes after the last', async () => {
    const { asked, deps } = place();
    expect(await applyRelease(draft(change('a')), options, deps)).toMatchObject({
      number: 1,
      result: 'deployed',
    });
    expect(asked).toEqual(['open', 'apply a', 'close 1 deployed']);
  });

  it('is none when only the place’s own notes change, which may complete one that was killed', async () => {
    const { asked, deps, history } = place();
    const notes = { ...change('record'), bookkeeping: true } as const;
    const killed = { number: 1, result: 'pending', cause: { action: 'deploy' } } as unknown as Release;
    history.push(killed);
    const settled = await applyRelease(draft(change('a', 'none'), notes), options, deps);
    expect(settled).toMatchObject({ number: 1, result: 'deployed' });
    expect(asked).toEqual(['apply record', 'close 1 deployed']);
  });

  it('is none when nothing changes, or the place keeps no history', async () => {
    const { asked, deps } = place();
    expect(await applyRelease(draft(change('a', 'none')), options, deps)).toBeUndefined();
    expect(await applyRelease(draft(change('b')), options, { ...deps, records: undefined })).toBeUndefined();
    expect(asked).toEqual(['apply b']);
  });

  it('notes the failure, and tells the cause with its number', async () => {
    const { history, deps } = place({ fails: ['a 1'] });
    const error = await thrownBy(applyRelease(draft(change('a')), options, deps));
    expect(error?.explanation).toMatchObject({
      message: 'a is refused',
      exit: 'conflict',
      data: { resource: 'a', release: 1 },
    });
    expect(history[0]).toMatchObject({ result: 'failed', reason: 'a is refused', ms: expect.any(Number) });
  });

  it('ends an interrupted run in time although the place hangs', async () => {
    const { deps, asked } = place({ hangs: true });
    const stop = new AbortController();
    const started = Date.now();
    const slow = {
      ...deps.target,
      verdict: async () => ({ readiness: 'progressing', reason: 'slow' }) as const,
    };
    setTimeout(() => stop.abort(new Cancelled('interrupted')), 100);
    const error = await thrownBy(
      applyRelease(draft(change('a')), options, { ...deps, target: slow, signal: stop.signal }),
    );
    expect(error).toBeInstanceOf(Cancelled);
    expect(Date.now() - started).toBeLessThan(5000);
    expect(asked.at(-1)).toBe('close 1 failed');
  });

  it('notes that it was interrupted, until the same has gone well', async () => {
    const { deps, history, records } = place();
    const later = new AbortController();
    const target = {
      ...deps.target,
      apply: async () => later.abort(new Cancelled('interrupted')),
    };
    await thrownBy(applyRelease(draft(change('a')), options, { ...deps, target, signal: later.signal }));
    expect(history[0]).toMatchObject({ result: 'failed', interrupted: true });
    await settleRelease(draft(change('a', 'none')), records, (work) => work());
    expect(history[0]).toMatchObject({ result: 'deployed', interrupted: undefined });
  });
});

describe('settleRelease', () => {
  const locked = <T>(work: () => Promise<T>) => work();

  it('gives a release that was left behind its good end', async () => {
    const { history, deps, records } = place({ fails: ['a 1'] });
    await thrownBy(applyRelease(draft(change('a')), options, deps));
    expect(await settleRelease(draft(change('a', 'none')), records, locked)).toMatchObject({
      number: 1,
      result: 'deployed',
    });
    expect(history[0]!.reason).toBeUndefined();
  });

  it('leaves one that says something else, and takes no lock when all is well', async () => {
    const { deps, records, asked } = place({ matches: false });
    await applyRelease(draft(change('a')), options, deps);
    const refuse = () => {
      throw new Error('locked');
    };
    expect(await settleRelease(draft(), records, refuse)).toMatchObject({ number: 1 });
    await records.open(draft());
    expect(await settleRelease(draft(), records, refuse)).toMatchObject({ number: 1 });
    expect(asked.filter((one) => one.startsWith('close'))).toEqual(['close 1 deployed']);
  });
});

describe('revertRelease', () => {
  const failingDeploy = async (there: ReturnType<typeof place>) => {
    const { emit, stages } = withProgress(there.deps.emit);
    const wanted = draft(change('a'), change('b'), change('c', 'none'));
    const cause = (await thrownBy(applyRelease(wanted, options, { ...there.deps, emit })))!;
    return { cause, plan: wanted.plan, stages };
  };

  it('goes back to the last good release, and keeps the cause and its exit code', async () => {
    const there = place({ fails: ['a 2'] });
    await applyRelease(draft(change('a')), options, there.deps);
    const failed = await failingDeploy(there);
    const error = await revertRelease(failed, 'ada', options, there.deps);
    expect(error.explanation).toMatchObject({
      code: 'E_REFUSED',
      exit: 'conflict',
      message: 'a is refused',
      data: { resource: 'a', release: 2, rollback: { to: 1, release: 3, ok: true } },
    });
    expect(there.history.map(({ result }) => result)).toEqual(['deployed', 'failed', 'deployed']);
  });

  it('without one removes what was created, and writes no release of that', async () => {
    const there = place({ fails: ['b 1'] });
    const error = await revertRelease(await failingDeploy(there), 'ada', options, there.deps);
    expect(error.explanation.data).toMatchObject({ release: 1, rollback: { ok: true } });
    expect(there.history).toHaveLength(1);
  });

  it('that fails too keeps the first cause, and says what is in which state', async () => {
    const there = place({ fails: ['b 1', 'b 2'] });
    await applyRelease(draft(change('x')), options, there.deps);
    const error = await revertRelease(await failingDeploy(there), 'ada', options, there.deps);
    expect(error.explanation).toMatchObject({
      message: 'b is refused',
      why: [
        'going back to release 1 failed too: b is refused',
        expect.stringMatching(/^ {2}a: /),
        '  b: perhaps as release 1 made it: its write was not confirmed',
      ],
      data: {
        release: 2,
        rollback: { to: 1, ok: false, error: { code: 'E_REFUSED', message: 'b is refused' } },
      },
    });
  });

  it('that cannot even be planned says how far the deploy came', async () => {
    const there = place({ fails: ['b 1'], planFails: true });
    await applyRelease(draft(change('x')), options, there.deps);
    const error = await revertRelease(await failingDeploy(there), 'ada', options, there.deps);
    const { rollback } = error.explanation.data as { rollback: object };
    expect(error.message).toBe('b is refused');
    expect(rollback).toMatchObject({
      ok: false,
      error: { code: 'E_UNREACHABLE' },
      resources: [
        { id: 'a', state: expect.stringMatching(/as release 2 made it/) },
        { id: 'b', state: 'perhaps as release 2 made it: its write was not confirmed' },
      ],
    });
  });

  /** What a repeated deploy knows: it had nothing to change, and what it waited for failed. */
  const repeated = (): Parameters<typeof revertRelease>[0] => ({
    cause: refused('a is not ready', 'E_ROLLOUT_FAILED'),
    plan: plan(change('a', 'none'), change('b', 'none')),
    stages: new Map([['a', 'failed']] as const),
  });
  /** The newest of two has failed. */
  const afterFailure = async (there: ReturnType<typeof place>) => {
    await applyRelease(draft(change('a')), options, there.deps);
    await there.records.close(await there.records.open(draft()), { result: 'failed' });
    there.asked.length = 0;
  };

  it('after a deploy that had nothing to change asks, and then goes back under the lock', async () => {
    const there = place();
    await afterFailure(there);
    const error = await revertRelease(repeated(), 'ada', options, {
      ...there.deps,
      consent: async ({ changes }) => void there.asked.push(`asked for ${changes.length}`),
      locked: async (work) => {
        there.asked.push('lock');
        return work();
      },
    });
    expect(there.asked.slice(0, 3)).toEqual(['asked for 2', 'lock', 'open']);
    expect(error.explanation).toMatchObject({
      code: 'E_ROLLOUT_FAILED',
      message: 'a is not ready',
      data: { rollback: { to: 1, release: 3, ok: true } },
    });
  });

  it('that nobody agrees to, or another holds the lock of, keeps the first cause and writes nothing', async () => {
    const no = async () => {
      throw new Cancelled('nothing was changed');
    };
    const held = async () => {
      throw refused('grace deploys', 'E_LOCKED');
    };
    for (const [given, code] of [
      [{ consent: no }, 'E_CANCELLED'],
      [{ locked: held }, 'E_LOCKED'],
    ] as const) {
      const there = place();
      await afterFailure(there);
      const error = await revertRelease(repeated(), 'ada', options, { ...there.deps, ...given });
      expect(there.asked).toEqual([]);
      expect(error.explanation).toMatchObject({
        code: 'E_ROLLOUT_FAILED',
        data: {
          rollback: {
            to: 1,
            ok: false,
            error: { code },
            resources: [],
          },
        },
      });
    }
  });

  it('takes nothing back that another has deployed while it waited for the lock', async () => {
    const there = place();
    await afterFailure(there);
    const error = await revertRelease(repeated(), 'ada', options, {
      ...there.deps,
      locked: async (work) => {
        await applyRelease(draft(change('x')), options, there.deps);
        return work();
      },
    });
    expect(there.asked).toEqual(['open', 'apply x', 'close 3 deployed']);
    expect(error.explanation).toMatchObject({
      code: 'E_ROLLOUT_FAILED',
      data: { rollback: { to: 1, ok: false, error: { code: 'E_MOVED' } } },
    });
  });

  it('after a deploy that had nothing to change tells how far it came when it fails too', async () => {
    const there = place({ fails: ['b 1'] });
    await afterFailure(there);
    const back = async () => plan(change('b'), { ...change('a'), after: ['b'] });
    const deps = { ...there.deps, records: { ...there.records, planRollback: back } };
    const error = await revertRelease(repeated(), 'ada', options, deps);
    expect(error.explanation.why).toEqual([
      'going back to release 1 failed too: b is refused',
      '  a: as it was before, and it fails',
      '  b: perhaps as release 1 made it: its write was not confirmed',
    ]);
  });

  it('has nowhere to go when what fails is the last good release, or there is none', async () => {
    const there = place();
    await applyRelease(draft(change('a')), options, there.deps);
    const live = plan(change('a', 'none'));
    const same = { ...there.deps, records: { ...there.records, planRollback: async () => live } };
    const error = await revertRelease(repeated(), 'ada', options, same);
    expect(error.explanation).toMatchObject({
      message: 'a is not ready',
      why: ['there is nothing to go back to: everything is as release 1, the last good one, made it'],
      data: { rollback: { to: 1, ok: false, error: { code: 'E_NO_RELEASE' } } },
    });
    const empty = place();
    const none = { ...empty.deps, records: { ...empty.records, planUndo: async () => plan() } };
    const first = await revertRelease(repeated(), 'ada', options, none);
    expect(first.explanation.why).toEqual([expect.stringMatching(/no deploy has gone well yet/)]);
    expect(empty.events).toEqual([]);
  });

  it('tells what it leaves there of what a first deploy created', async () => {
    const there = place({ fails: ['b 1'] });
    const kept = { ...change('Namespace/shop', 'none'), unwanted: true, note: 'kept: by name only' } as const;
    const records = { ...there.records, planUndo: async () => plan(kept, change('a', 'remove')) };
    const failed = await failingDeploy(there);
    const error = await revertRelease(failed, 'ada', options, { ...there.deps, records });
    expect(error.explanation.data).toMatchObject({ rollback: { ok: true, kept: ['Namespace/shop'] } });
    expect(there.events.at(-1)).toEqual({
      type: 'warning',
      message: 'Namespace/shop  kept: by name only',
    });
  });
});
