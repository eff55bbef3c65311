import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Change, Plan } from '../../../src/core/change.ts';
import { delay } from '../../../src/core/duration.ts';
import { Cancelled, ExpectedError } from '../../../src/core/errors.ts';
import type { Event } from '../../../src/core/events.ts';
import type { Verdict } from '../../../src/core/readiness.ts';
import { applyPlan, inOrder } from '../../../src/engine/apply-plan.ts';
import { carriedOut, withProgress } from '../../../src/engine/progress.ts';

const ready: Verdict = { readiness: 'ready', reason: 'ready' };

function change(id: string, after: string[] = [], action: Change['action'] = 'create'): Change {
  return { id, action, fields: [], after };
}

function plan(...changes: Change[]): Plan {
  return { version: 1, app: 'shop', environment: 'local', place: 'a test', changes };
}

/** A place that records what is asked of it; `verdicts` are given one by one, the last one for ever. */
function place(verdicts: Record<string, (Verdict | Error)[]> = {}) {
  const asked: string[] = [];
  const events: Event[] = [];
  const looks = new Map<string, number>();
  return {
    asked,
    events,
    deps: (signal: AbortSignal = new AbortController().signal) => ({
      emit: (event: Event) => void events.push(event),
      signal,
      target: {
        apply: async ({ id }: Change) => void asked.push(`apply ${id}`),
        verdict: async ({ id }: Change) => {
          const given = verdicts[id] ?? [ready];
          const look = looks.get(id) ?? 0;
          looks.set(id, look + 1);
          const verdict = given[Math.min(look, given.length - 1)]!;
          if (verdict instanceof Error) throw verdict;
          if (verdict.readiness === 'ready') asked.push(`ready ${id}`);
          return verdict;
        },
        diagnose: async ({ id }: Change, verdict: Verdict) => ({
          message: `${id} fails`,
          where: id,
          why: [verdict.reason],
          hints: [],
        }),
      },
    }),
  };
}

const options = { timeout: 5000, wait: true };

describe('applyPlan', () => {
  it('starts a change only when everything it comes after is ready', async () => {
    const { asked, deps } = place({ a: [{ readiness: 'progressing', reason: 'starting' }, ready] });
    await applyPlan(plan(change('b', ['a']), change('a')), options, deps());
    expect(asked).toEqual(['apply a', 'ready a', 'apply b', 'ready b']);
  });

  it('applies nothing for an unchanged resource, but waits for it', async () => {
    const { asked, deps } = place({ a: [{ readiness: 'progressing', reason: 'starting' }, ready] });
    await applyPlan(plan(change('a', [], 'none')), options, deps());
    expect(asked).toEqual(['ready a']);
  });

  it('does not look when told not to wait', async () => {
    const { asked, deps } = place();
    await applyPlan(plan(change('a')), { ...options, wait: false }, deps());
    expect(asked).toEqual(['apply a']);
  });

  it('fails with the diagnosis, and never starts what comes after', async () => {
    const { asked, events, deps } = place({ a: [{ readiness: 'failed', reason: 'it crashes' }] });
    const error = await applyPlan(plan(change('a'), change('b', ['a'])), options, deps()).catch(
      (e: unknown) => e,
    );
    expect(error).toBeInstanceOf(ExpectedError);
    expect((error as ExpectedError).explanation).toMatchObject({
      code: 'E_ROLLOUT_FAILED',
      exit: 'failure',
      message: 'a fails',
      why: ['it crashes'],
    });
    expect(asked).toEqual(['apply a']);
    expect(events.map(({ type }) => type)).toContain('failed');
  });

  it('ends at the deadline although the place hangs', async () => {
    const { deps } = place();
    const hanging = deps();
    hanging.target.verdict = () => new Promise(() => undefined);
    const started = Date.now();
    const error = await applyPlan(plan(change('a')), { ...options, timeout: 300 }, hanging).catch(
      (e: unknown) => e,
    );
    expect((error as ExpectedError).explanation).toMatchObject({ code: 'E_TIMEOUT', exit: 'timeout' });
    expect(Date.now() - started).toBeLessThan(2300);
  });

  it('ends at the deadline although a write hangs, and stops the write', async () => {
    const { deps } = place();
    const hanging = deps();
    let stopped = false;
    hanging.target.apply = (_, signal?: AbortSignal) =>
      new Promise((_resolve, reject) => {
        signal!.addEventListener('abort', () => {
          stopped = true;
          reject(new Error('stopped'));
        });
      });
    const error = await applyPlan(plan(change('a')), { ...options, timeout: 200 }, hanging).catch(
      (e: unknown) => e,
    );
    expect((error as ExpectedError).explanation).toMatchObject({
      code: 'E_TIMEOUT',
      message: 'a is not ready: the place has not accepted it (not ready after 0.2s)',
    });
    expect(stopped).toBe(true);
  });

  it('ends soon after the deadline although the place does not say why', async () => {
    const { deps } = place({ a: [{ readiness: 'progressing', reason: 'starting' }] });
    const hanging = deps();
    hanging.target.diagnose = () => new Promise(() => undefined);
    const started = performance.now();
    const error = await applyPlan(plan(change('a')), { ...options, timeout: 200 }, hanging).catch(
      (e: unknown) => e,
    );
    expect((error as ExpectedError).explanation).toMatchObject({
      code: 'E_TIMEOUT',
      why: ['the place does not answer any more'],
    });
    expect(performance.now() - started).toBeLessThan(2200);
  });

  it('counts what was spent before to the deadline', async () => {
    const { deps } = place({ a: [{ readiness: 'progressing', reason: 'starting' }] });
    const started = performance.now();
    const late = applyPlan(plan(change('a')), { ...options, timeout: 60_000, spent: 59_800 }, deps());
    await expect(late).rejects.toMatchObject({ explanation: { code: 'E_TIMEOUT' } });
    expect(performance.now() - started).toBeLessThan(10_000);
  });

  it('has as much time as it is given, be it a year', async () => {
    const { deps } = place({ a: [{ readiness: 'progressing', reason: 'starting' }, ready] });
    await applyPlan(plan(change('a')), { ...options, timeout: 365 * 86_400_000 }, deps());
  });

  it('does not depend on the clock', async () => {
    const { deps } = place({ a: [{ readiness: 'progressing', reason: 'starting' }, ready] });
    const wall = Date.now;
    const running = applyPlan(plan(change('a')), { ...options, timeout: 3000 }, deps());
    try {
      Date.now = () => wall() + 86_400_000;
      await running;
    } finally {
      Date.now = wall;
    }
  });

  it('looks again when the place has news, not when the pause is over', async () => {
    const { deps } = place({
      a: [...Array(20).fill({ readiness: 'progressing', reason: 'starting' }), ready],
    });
    const quick = deps();
    const asked: string[] = [];
    const news = async ({ id }: Change) => void asked.push(id);
    const started = performance.now();
    await applyPlan(plan(change('a')), options, { ...quick, target: { ...quick.target, news } });
    expect(asked).toHaveLength(20);
    // Twenty pauses would be eight seconds.
    expect(performance.now() - started).toBeLessThan(4000);
  });

  it('ends with the signal, also in the middle of a wait', async () => {
    const { deps } = place({ a: [{ readiness: 'progressing', reason: 'starting' }] });
    const controller = new AbortController();
    setTimeout(() => controller.abort(new Cancelled('interrupted')), 100);
    await expect(applyPlan(plan(change('a')), options, deps(controller.signal))).rejects.toBeInstanceOf(
      Cancelled,
    );
  });

  it('lets no removal that fails keep others from going, but nothing comes after it', async () => {
    const { asked, deps } = place();
    const refusing = deps();
    const apply = refusing.target.apply;
    refusing.target.apply = async (one) => {
      if (one.id === 'stuck') throw new Error('refused');
      await delay(50, new AbortController().signal);
      return apply(one);
    };
    const removals = [
      change('stuck', ['a'], 'remove'),
      change('b', ['a'], 'remove'),
      change('c', ['b'], 'remove'),
    ];
    const last = change('end', ['stuck', 'c'], 'update');
    await expect(applyPlan(plan(change('a'), ...removals, last), options, refusing)).rejects.toThrow(
      'refused',
    );
    expect(asked).toEqual(['apply a', 'ready a', 'apply b', 'ready b', 'apply c', 'ready c']);
  });

  it('removes nothing when anything before it fails', async () => {
    const { asked, deps } = place({ a: [{ readiness: 'failed', reason: 'it crashes' }] });
    const changes = [change('a'), change('b', ['a'], 'remove'), change('c', ['a'], 'remove')];
    await expect(applyPlan(plan(...changes), options, deps())).rejects.toBeInstanceOf(ExpectedError);
    expect(asked).toEqual(['apply a']);
  });

  it('tells of a removal that at its turn was to be none any more, and goes on', async () => {
    const stays: Verdict = { readiness: 'ready', reason: 'kept: someone says so', stays: true };
    const { events, deps } = place({ a: [stays] });
    const wanted = plan(change('a', [], 'remove'), change('b', ['a'], 'remove'));
    const progress = withProgress((event) => void events.push(event));
    await applyPlan(wanted, options, { ...deps(), emit: progress.emit });
    expect(events.filter(({ type }) => type !== 'started')).toEqual([
      { type: 'kept', resource: 'a', reason: 'kept: someone says so' },
      { type: 'removed', resource: 'b', ms: expect.any(Number) },
    ]);
    expect(carriedOut(wanted, progress).changes).toEqual([
      { ...change('a', [], 'none'), unwanted: true, note: 'kept: someone says so' },
      change('b', ['a'], 'remove'),
    ]);
  });

  it('says nothing of the notes that a place keeps', async () => {
    const { asked, events, deps } = place();
    await applyPlan(plan({ ...change('notes'), bookkeeping: true }), options, deps());
    expect(asked).toEqual(['apply notes', 'ready notes']);
    expect(events).toEqual([]);
  });

  it('reports the first cause when several fail', async () => {
    const { deps } = place({ a: [{ readiness: 'failed', reason: 'first' }] });
    const slow = deps();
    const apply = slow.target.apply;
    slow.target.apply = async (one) => {
      if (one.id === 'b') {
        await delay(200, new AbortController().signal);
        throw new Error('second');
      }
      return apply(one);
    };
    const error = await applyPlan(plan(change('a'), change('b')), options, slow).catch((e: unknown) => e);
    expect((error as ExpectedError).explanation.why).toEqual(['first']);
  });
});

describe('inOrder', () => {
  it('puts every change after those it names, whatever the input order', () => {
    const graph = fc
      .integer({ min: 1, max: 12 })
      .chain((size) =>
        fc.tuple(
          fc.array(fc.array(fc.nat(), { maxLength: 3 }), { minLength: size, maxLength: size }),
          fc.shuffledSubarray([...Array(size).keys()], { minLength: size }),
        ),
      );
    fc.assert(
      fc.property(graph, ([edges, order]) => {
        const changes = order.map((index) =>
          change(`c${index}`, index === 0 ? [] : edges[index]!.map((edge) => `c${edge % index}`)),
        );
        const position = new Map(inOrder(changes).map(({ id }, at) => [id, at]));
        expect(position.size).toBe(changes.length);
        for (const { id, after } of changes)
          for (const earlier of after) expect(position.get(earlier)).toBeLessThan(position.get(id)!);
      }),
    );
  });

  it('refuses a cycle', () => {
    expect(() => inOrder([change('a', ['b']), change('b', ['a'])])).toThrow('cycle: a -> b -> a');
  });
});
