import type { Action, Change, FieldChange, Plan } from '../../core/change.ts';
import { countChanges, isUnchanged, shownChanges } from '../../core/change-counts.ts';
import { labels, lastApplied, managedBy } from '../../core/labels.ts';
import { plainText } from '../../core/terminal-text.ts';
import type { Style } from './style.ts';

/** Lines that are read before a question is answered. */
const screen = 40;

const marks: Record<Action, string> = { create: '+', update: '~', replace: '!', remove: '-', none: '=' };

/** The plan for people: a block for each change, then the counts. */
export function planText(plan: Plan, style: Style): string {
  const { colour } = style;
  const title = `${colour.bold(plan.app)} on ${colour.bold(plan.environment)} (${plan.place})`;
  return `${title}\n\n${changeDetails(plan, style)}`;
}

/** The same without its title, for a question. */
export function changeDetails(plan: Plan, style: Style): string {
  const { colour } = style;
  const shown = shownChanges(plan);
  // What stays although it is unwanted is told of; the rest that stays is only counted.
  const changed = shown.filter(({ action, unwanted }) => action !== 'none' || unwanted);
  const unchanged = shown.length - changed.length;
  const lines = changed.flatMap((change) => changeLines(change, style));
  if (unchanged > 0) lines.push(colour.dim(`  = ${unchanged} unchanged`));
  lines.push('', isUnchanged(plan) ? 'Nothing to do.' : `${countText(plan)}.`);
  return `${lines.join('\n')}\n`;
}

/** For a question: the fields too, unless they are more than a screen; then `plan` shows them. */
export function changeQuestion(plan: Plan, style: Style): string {
  const { colour } = style;
  const changed = shownChanges(plan).filter(({ action }) => action !== 'none');
  const hasFields = changed.some(({ fields }) => fields.length > 0);
  const details = changeDetails(plan, style);
  if (hasFields && details.split('\n').length <= screen) return details;
  const lines = changed.map(({ action, id, note }) => {
    const why = note ? `  ${colour.dim(plainText(note))}` : '';
    return `  ${marks[action]} ${id}${why}`;
  });
  const more = hasFields ? ' (cloudnative plan shows the fields)' : '';
  return `${[...lines, `  ${countText(plan)}${more}`].join('\n')}\n`;
}

export function countText(plan: Plan): string {
  const { create, update, remove } = countChanges(plan);
  const replace = shownChanges(plan).filter(({ action }) => action === 'replace').length;
  const parts = [
    [create, 'to create'],
    [update - replace, 'to update'],
    [replace, 'to replace'],
    [remove, 'to remove'],
  ] as const;
  return (
    parts.flatMap(([count, what]) => (count > 0 ? `${count} ${what}` : [])).join(', ') || 'nothing to do'
  );
}

function changeLines(change: Change, { colour }: Style): string[] {
  const tints = {
    create: colour.green,
    update: colour.yellow,
    replace: colour.red,
    remove: colour.red,
    none: colour.dim,
  };
  const tint = tints[change.action];
  const note =
    change.action === 'replace' ? ['replaced', change.note].filter(Boolean).join(': ') : change.note;
  const lines = [
    `  ${tint(marks[change.action])} ${change.id}${note ? `  ${colour.dim(plainText(note))}` : ''}`,
  ];
  if (change.action !== 'create') lines.push(...updateLines(change.fields));
  else lines.push(...change.fields.map(({ path, after }) => `      ${path}: ${plainText(after ?? '')}`));
  return lines;
}

/** What every object of an app gets when it comes to be ours is told as one; `-o json` has each. */
function updateLines(fields: readonly FieldChange[]): string[] {
  const lines = fields.flatMap((field) => (isMark(field) || isKubectlCopy(field) ? [] : fieldLines(field)));
  return fields.some(isMark) ? [...lines, '      + labels of cloudnative'] : lines;
}

const marked = new Set(
  [
    labels.app,
    labels.environment,
    labels.service,
    labels.namespace,
    managedBy,
    'applyset.kubernetes.io/part-of',
  ].map((label) => `metadata.labels[${label}]`),
);

function isMark({ path, before }: FieldChange): boolean {
  return before === undefined && marked.has(path);
}

/** The note that it is taken over from kubectl says it. */
function isKubectlCopy({ path }: FieldChange): boolean {
  return path === `metadata.annotations[${lastApplied}]`;
}

function fieldLines({ path, before, after, secret }: FieldChange): string[] {
  if (secret) return [`      ${path}  (changed, not shown)`];
  const lines = [`      ${path}`];
  if (before !== undefined) lines.push(...valueLines('-', before));
  if (after !== undefined) lines.push(...valueLines('+', after));
  return lines;
}

function valueLines(mark: string, value: string): string[] {
  return value.split('\n').map((line) => `        ${mark} ${plainText(line)}`);
}
