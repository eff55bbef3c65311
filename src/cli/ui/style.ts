import { Chalk, type ChalkInstance, chalkStderr } from 'chalk';

/** Colour marks state only; every state also has a sign. */
export interface Style {
  colour: ChalkInstance;
  signs: { done: string; waiting: string; failed: string; unchanged: string };
}

const unicode = { done: '✓', waiting: '◦', failed: '✗', unchanged: '=' };
const ascii = { done: '+', waiting: '*', failed: 'x', unchanged: '=' };

/** For narration on stderr: colour as its terminal allows (`NO_COLOR`, `FORCE_COLOR`, `TERM=dumb` are honoured). */
export function stderrStyle(): Style {
  return { colour: process.env.NO_COLOR ? new Chalk({ level: 0 }) : chalkStderr, signs: signs() };
}

/** For results on stdout, which is as often a pipe. */
export function stdoutStyle(): Style {
  const plain = process.env.NO_COLOR || (!process.stdout.isTTY && !process.env.FORCE_COLOR);
  return { colour: plain ? new Chalk({ level: 0 }) : new Chalk(), signs: signs() };
}

function signs(): Style['signs'] {
  const locale = process.env.LC_ALL || process.env.LC_CTYPE || process.env.LANG || '';
  return /utf-?8/i.test(locale) || process.platform === 'darwin' ? unicode : ascii;
}
