import { ExpectedError } from '../core/errors.ts';
import type { Moved } from '../plan/moved-since.ts';

interface Stale {
  file: string;
  /** In words. */
  place: string;
  /** The command that makes it anew. */
  again: string;
}

/** Things, and fields of each, that are named; the rest is counted. */
const most = { things: 10, fields: 5 };

export function stalePlan(moved: readonly Moved[], { file, place, again }: Stale): ExpectedError {
  const names = moved.slice(0, most.things);
  const width = Math.max(...names.map(({ what }) => what.length));
  const lines = names.flatMap(({ what, how, fields }) => [
    `${what.padEnd(width)}  ${how}`,
    ...fields.slice(0, most.fields).map((field) => `  ${field}`),
    ...more(fields.length - most.fields, '  '),
  ]);
  const count = moved.length === 1 ? 'one thing has' : `${moved.length} things have`;
  return new ExpectedError({
    code: 'E_STALE_PLAN',
    exit: 'conflict',
    message: `${file} is out of date: ${count} moved since`,
    where: place,
    why: [...lines, ...more(moved.length - most.things, '')],
    hints: ['nothing was changed; make it anew and look at it:', again],
    data: { moved },
  });
}

function more(count: number, indent: string): string[] {
  return count > 0 ? [`${indent}and ${count} more`] : [];
}
