import type { Judged } from '../../actions/judge.ts';
import type { Readiness } from '../../core/readiness.ts';
import { plainText } from '../../core/terminal-text.ts';
import type { Style } from './style.ts';
import { table } from './table.ts';

/** A line for each object, and how many there are of each verdict. */
export function judgedText(objects: readonly Judged[], { colour, signs }: Style): string {
  const marks: Record<Readiness, string> = {
    ready: colour.green(signs.done),
    progressing: colour.yellow(signs.waiting),
    failed: colour.red(signs.failed),
  };
  const namespaced = objects.some(({ namespace }) => namespace !== undefined);
  const rows = objects.map(({ id, namespace = '', readiness, reason }) => [
    plainText(id),
    ...(namespaced ? [plainText(namespace)] : []),
    `${marks[readiness]} ${readiness}`,
    plainText(reason),
  ]);
  const counts = (['ready', 'progressing', 'failed'] as const).flatMap((verdict) => {
    const count = objects.filter(({ readiness }) => readiness === verdict).length;
    return count > 0 ? `${count} ${verdict}` : [];
  });
  const heading = ['object', ...(namespaced ? ['namespace'] : []), 'readiness', 'reason'];
  const lines = table([heading, ...rows], (cell) => colour.dim(cell));
  return `${[...lines, '', `${counts.join(', ') || 'no objects'}.`].join('\n')}\n`;
}
