import { Chalk } from 'chalk';
import { describe, expect, it } from 'vitest';
import { outcomeOf } from '../../../src/cli/failures.ts';
import { errorText } from '../../../src/cli/ui/error-text.ts';
import type { Style } from '../../../src/cli/ui/style.ts';
import { wantsJson } from '../../../src/cli/ui/ui.ts';
import { Cancelled, ExpectedError } from '../../../src/core/errors.ts';

const style: Style = {
  colour: new Chalk({ level: 0 }),
  signs: { done: '+', waiting: '*', failed: 'x', unchanged: '=' },
};
const quiet = new AbortController().signal;

describe('outcomeOf', () => {
  it('explains what was expected', () => {
    const error = new ExpectedError({ code: 'E_X', exit: 'conflict', message: 'no' });
    expect(outcomeOf(error, quiet)).toMatchObject({ kind: 'expected', code: 'E_X', exit: 'conflict' });
  });

  it('says what to do about what the system refuses', () => {
    const full = Object.assign(new Error('ENOSPC'), { code: 'ENOSPC', syscall: 'write', path: '/a/b' });
    expect(outcomeOf(full, quiet)).toEqual({
      kind: 'expected',
      code: 'E_SYSTEM',
      exit: 'failure',
      message: 'the system refuses to write',
      where: '/a/b',
      why: 'no space is left on the disk (ENOSPC)',
      hints: ['free some space, then repeat the command'],
    });
  });

  it('shows the stack of a bug', () => {
    const outcome = outcomeOf(new TypeError('x is not a function'), quiet)!;
    expect(outcome).toMatchObject({ kind: 'bug', code: 'E_BUG', exit: 'failure' });
    expect([outcome.why].flat().join()).toMatch(/failures\.test/);
  });

  it('tells what an interruption leaves, with the exit code of its signal', () => {
    const controller = new AbortController();
    controller.abort(new Cancelled('terminated', 'terminated'));
    const left = { why: 'half of it is there', hints: ['repeat the command'] };
    const outcome = outcomeOf(new Cancelled('terminated', 'terminated', left), controller.signal)!;
    expect(outcome).toMatchObject({ kind: 'cancelled', exit: 'terminated', ...left });
    expect(errorText(outcome, style)).toBe(
      'terminated\n  why    half of it is there\n  try    repeat the command\n',
    );
    expect(errorText(outcomeOf(controller.signal.reason, controller.signal)!, style)).toBe('terminated\n');
  });

  it('takes every error after a signal for its consequence', () => {
    const controller = new AbortController();
    controller.abort(new Cancelled('terminated', 'terminated'));
    expect(outcomeOf(new Error('socket hang up'), controller.signal)).toMatchObject({
      kind: 'cancelled',
      exit: 'terminated',
    });
  });
});

describe('wantsJson', () => {
  it.each([
    [['deploy', '-o', 'json'], true],
    [['deploy', '--output=json'], true],
    [['deploy', '-ojson'], true],
    [['deploy', '-o', 'table'], false],
    [['deploy', '--', '-o', 'json'], false],
  ])('%j: %s', (args, json) => expect(wantsJson(args)).toBe(json));
});
