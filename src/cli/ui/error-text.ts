import { plainText } from '../../core/terminal-text.ts';
import type { Failure } from '../failures.ts';
import type { Style } from './style.ts';

/** Four parts: what (with its code), where, why, what to try; continuation lines are indented under their part. */
export function errorText(failure: Failure, { colour }: Style): string {
  const title =
    failure.kind === 'cancelled'
      ? colour.yellow(failure.message)
      : `${colour.red('error:')} ${plainText(failure.message)}  ${colour.dim(`[${failure.code}]`)}`;
  const lines = [title];
  const why = failure.why === undefined ? [] : [failure.why].flat();
  if (failure.where) lines.push(part('where', [failure.where]));
  if (why.length > 0) lines.push(part('why', why));
  if (failure.hints?.length) lines.push(part('try', failure.hints));
  return `${lines.join('\n')}\n`;
}

function part(name: string, texts: readonly string[]): string {
  const [first, ...rest] = texts.flatMap((text) => text.split('\n')).map(plainText);
  return [`  ${name.padEnd(6)} ${first}`, ...rest.map((line) => `         ${line}`)].join('\n');
}
