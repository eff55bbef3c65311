import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ExpectedError } from '../../../src/core/errors.ts';
import { type DamagedRelease, liveRelease, type Release, releaseStates } from '../../../src/core/release.ts';
import { rollbackTarget } from '../../../src/engine/rollback-target.ts';

const scope = { app: 'shop', environment: 'staging' };

/** `d` deployed, `f` failed, `p` pending, `x` damaged, a number: a rollback to it; oldest first, from 1. Returned newest first. */
function releases(...made: (string | number)[]): Release[] {
  const results: Record<string, string> = { f: 'failed', p: 'pending', x: 'damaged' };
  return made
    .map((one, index) => ({
      number: index + 1,
      result: results[one] ?? 'deployed',
      cause: typeof one === 'number' ? { action: 'rollback', to: one } : { action: 'deploy' },
    }))
    .reverse() as unknown as Release[];
}

const target = (...made: (string | number)[]) => rollbackTarget(releases(...made), undefined, scope).number;

describe('rollbackTarget', () => {
  it('is the good release before the live one', () => {
    expect(target('d', 'd')).toBe(1);
    expect(target('d', 'f', 'd')).toBe(1);
  });

  it('is the live one when a later try failed or was killed', () => {
    expect(target('d', 'd', 'f')).toBe(2);
    expect(target('d', 'f', 'p')).toBe(1);
  });

  it('of a rollback that was killed or failed is where that was going', () => {
    const unfinished = (result: string) => {
      const [newest, ...rest] = releases('d', 'd', 'd', 2);
      return rollbackTarget([{ ...newest!, result } as Release, ...rest], undefined, scope).number;
    };
    expect(unfinished('pending')).toBe(2);
    expect(unfinished('failed')).toBe(2);
  });

  it('goes further back each time, whatever was rolled back before', () => {
    expect(target('d', 'd', 'd', 2)).toBe(1);
    expect(target('d', 'd', 'd', 2, 4)).toBe(1);
    expect(target('d', 'd', 'd', 2, 'd')).toBe(4);
    expect(() => target('d', 'd', 1)).toThrow(ExpectedError);
  });

  it('is refused where there is none, with what there is', () => {
    const refusal = (run: () => unknown) => {
      try {
        run();
      } catch (error) {
        return (error as ExpectedError).explanation;
      }
      return undefined;
    };
    expect(refusal(() => target())).toMatchObject({ code: 'E_NO_RELEASE', exit: 'notFound' });
    expect(refusal(() => target('d'))).toMatchObject({ why: 'kept are 1' });
    expect(refusal(() => rollbackTarget(releases('d', 'f'), 7, scope))).toMatchObject({
      message: 'there is no release 7',
      why: 'kept are 2, 1',
    });
    expect(rollbackTarget(releases('d', 'f', 'd'), 2, scope).number).toBe(2);
  });

  it('is no damaged one, nor any where the live one may be damaged', () => {
    const refusal = { explanation: { code: 'E_RELEASE_DAMAGED', message: 'release 2 is damaged' } };
    const thrown = (run: () => unknown) =>
      expect(run).toThrow(
        expect.objectContaining({ explanation: expect.objectContaining(refusal.explanation) }),
      );
    thrown(() => rollbackTarget(releases('d', 'x', 'd'), 2, scope));
    thrown(() => target('d', 'x'));
    thrown(() => target('d', 'x', 'f'));
    expect(target('d', 'x', 'd')).toBe(1);
    expect(rollbackTarget(releases('d', 'x'), 1, scope).number).toBe(1);
    const all: (Release | DamagedRelease)[] = releases('d', 'x', 'f');
    expect(releaseStates(all)).toEqual(['failed', 'damaged', 'superseded']);
    expect(liveRelease(all)).toBeUndefined();
  });

  it('is always a good one, and never the one that is live and well', () => {
    const history = fc.array(fc.constantFrom('d', 'f', 'p', 'x', 1, 2, 3), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(history, (made) => {
        const all = releases(...made);
        let chosen: Release;
        try {
          chosen = rollbackTarget(all, undefined, scope);
        } catch (error) {
          expect(error).toBeInstanceOf(ExpectedError);
          return;
        }
        expect(chosen.result).toBe('deployed');
        expect(chosen === all[0]).toBe(false);
      }),
    );
  });
});

describe('releaseStates', () => {
  it('has one live one; only the newest can be under way', () => {
    expect(releaseStates(releases('d', 'p', 'd', 'f', 'p'))).toEqual([
      'pending',
      'failed',
      'live',
      'interrupted',
      'superseded',
    ]);
    const [stopped, ...rest] = releases('d', 'f');
    expect(releaseStates([{ ...stopped!, interrupted: true }, ...rest])).toEqual(['interrupted', 'live']);
    expect(releaseStates([])).toEqual([]);
  });
});
