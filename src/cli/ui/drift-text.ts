import type { Drift, DriftedField, DriftedResource } from '../../actions/drift.ts';
import { plainText } from '../../core/terminal-text.ts';
import type { Style } from './style.ts';

/** Lines of `status`: `drift: none`, or what is not as the release gave it and how to set that back. */
export function driftLines({ release, resources, back, unknown }: Drift, { colour }: Style): string[] {
  if (unknown !== undefined) return [`drift: not known: ${plainText(unknown)}`];
  if (resources.length === 0) return ['drift: none'];
  return [
    colour.yellow(`drift from release ${release}:`),
    ...resources.flatMap(resourceLines),
    `to set it back: ${back}`,
  ];
}

function resourceLines({ resource, state, note, fields }: DriftedResource): string[] {
  const states = { gone: 'is gone', left: 'is not in the release', changed: note ?? '' };
  const line = ['  ', resource, states[state] && `  ${plainText(states[state])}`].join('');
  return [line, ...fields.map(fieldLine)];
}

/** A value of several lines, or a secret one, is not shown: `plan` and `rollback` do that. */
function fieldLine({ path, live, released }: DriftedField): string {
  const isShort = [live ?? '', released ?? ''].every((value) => value.length <= 40 && !value.includes('\n'));
  if (!isShort || (live === undefined && released === undefined)) return `    ${path}  differs`;
  const now = live === undefined ? 'gone' : plainText(live);
  const then = released === undefined ? 'not in the release' : `released as ${plainText(released)}`;
  return `    ${path}: ${now}, ${then}`;
}
