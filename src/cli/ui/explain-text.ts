import { plainText } from '../../core/terminal-text.ts';
import type { DropReason } from '../../observability/drop-reason.ts';
import type { ExplainedGroup, ExplainedJob, Origin } from '../../observability/explain.ts';
import type { Style } from './style.ts';

/** Each job with its targets and their labels, and why the rest is none. `detailed`: what each container and port became. */
export function explainText(
  jobs: readonly ExplainedJob[],
  style: Style,
  { detailed }: { detailed: boolean },
): string {
  const texts = jobs.map((job) => jobLines(job, style, detailed).join('\n'));
  const dropped = jobs.some(({ groups }) => groups.some((group) => group.dropped.some(({ rule }) => rule)));
  const note = style.colour.dim('Rules count from 1 in the relabel_configs of the job.');
  return `${[...texts, ...(dropped ? [note] : [])].join('\n\n')}\n`;
}

function jobLines({ job, things, groups }: ExplainedJob, style: Style, detailed: boolean): string[] {
  const { colour } = style;
  const shown = byOutcome(detailed ? groups : groups.filter(({ stranger }) => !stranger));
  const strangers = groups.filter((group) => !shown.includes(group));
  const found = shown.filter(({ targets }) => targets.length > 0).length;
  const width = Math.max(0, ...shown.map(({ name }) => name.length));
  return [
    `job ${colour.bold(job)}: ${found} of ${shown.length} ${things} become targets`,
    ...shown.flatMap((group) => groupLines(group, width, style, detailed)),
    ...(strangers.length > 0 ? [colour.dim(`  ${style.signs.unchanged} ${strangersText(strangers)}`)] : []),
  ];
}

/** Targets first. */
function byOutcome(groups: readonly ExplainedGroup[]): ExplainedGroup[] {
  const rank = ({ targets }: ExplainedGroup) => (targets.length > 0 ? 0 : 1);
  return [...groups].sort((a, b) => rank(a) - rank(b));
}

function groupLines(
  group: ExplainedGroup,
  width: number,
  { colour, signs }: Style,
  detailed: boolean,
): string[] {
  const name = plainText(group.name).padEnd(width);
  const lines = group.targets.flatMap(({ url, labels, origins }) => [
    `  ${colour.green(signs.done)} ${name}  ${plainText(url)}`,
    ...(detailed ? [`      from ${origins.map(originText).join('; ')}`] : []),
    colour.dim(`      ${labelsText(labels)}`),
  ]);
  const red = (text: string) => `  ${colour.red(signs.failed)} ${name}  ${text}`;
  if (group.unseen) return [...lines, red(`not discovered: it ${plainText(group.unseen)}`)];
  if (detailed) return [...lines, ...group.dropped.map((one) => red(`${originText(one)}: ${dropText(one)}`))];
  if (lines.length > 0) return lines;
  return [...new Set(group.dropped.map(dropText))].map(red);
}

function dropText({ rule, reason }: DropReason): string {
  return plainText(rule ? `rule ${rule.number}, ${rule.action}: ${reason}` : reason);
}

function originText({ origin }: Origin): string {
  return plainText(origin);
}

function labelsText(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([name, value]) => `${plainText(name)}=${plainText(JSON.stringify(value))}`)
    .join(' ');
}

/** Names a few, since a namespace or an engine may hold thousands. */
function strangersText(groups: readonly ExplainedGroup[]): string {
  const few = groups.slice(0, 3).map(({ name }) => plainText(name));
  const more = groups.length > few.length ? ` and ${groups.length - few.length} more` : '';
  return `of others: ${few.join(', ')}${more}`;
}
