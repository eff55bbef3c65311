import type { Drift } from '../../actions/drift.ts';
import { formatDuration } from '../../core/duration.ts';
import type { Release, ReleaseState } from '../../core/release.ts';
import { plainText } from '../../core/terminal-text.ts';
import type { HandEdit, QuietService, ServiceStatus } from '../../targets/target.ts';
import { driftLines } from './drift-text.ts';
import type { Style } from './style.ts';
import { table } from './table.ts';

export interface StatusView {
  app: string;
  environment: string;
  place: string;
  /** The live one, where the place keeps a history. */
  release?: Pick<Release, 'number' | 'at' | 'who'>;
  /** The newest, where it did not become the live one. */
  later?: Later;
  services: readonly ServiceStatus[];
  /** Services of the workspace that are there, and have nothing to run. */
  quiet?: readonly QuietService[];
  /** Names of the workspace's services that are not there. */
  absent: readonly string[];
  /** Where it was looked for. */
  drift?: Drift;
}

export type Later = Pick<Release, 'number' | 'at' | 'who' | 'reason'> & { state: ReleaseState };

export function statusText(view: StatusView, style: Style, now: number): string {
  const { colour } = style;
  const title = `${colour.bold(view.app)} on ${colour.bold(view.environment)} (${view.place})`;
  const release = view.release ? [releaseText(view.release, now)] : [];
  if (view.later) release.push(...laterLines(view.later, style, now));
  const heading = ['service', 'ready', 'image', 'restarts', 'since', 'address'];
  const rows = view.services.map((one) => [
    one.service,
    `${one.ready}/${one.wanted} ${sign(one, style)}`,
    shortImage(one.image),
    String(one.restarts),
    one.since ? formatDuration(now - Date.parse(one.since)) : '',
    one.url ?? '',
  ]);
  for (const { service } of view.quiet ?? []) rows.push([service, 'deployed', '', '', '', '']);
  for (const name of view.absent) rows.push([name, colour.dim('not deployed'), '', '', '', '']);
  const lines = table([heading, ...rows], (cell) => colour.dim(cell));
  const drifted = new Set(view.drift?.resources.map(({ resource }) => resource));
  const running = view.services.flatMap((one) => {
    const edits = (one.edits ?? []).filter(({ resource }) => !drifted.has(resource));
    return [...notesOf(one), ...edits.map((edit) => editText(edit, now))].map(
      (note) => `  ${one.service}: ${plainText(note)}`,
    );
  });
  const notes = [...running, ...(view.quiet ?? []).map(({ service, what }) => `  ${service}: ${what}`)];
  const blocks = [[title, ...release], lines, notes, view.drift ? driftLines(view.drift, style) : []];
  return `${blocks
    .filter((block) => block.length > 0)
    .map((block) => block.join('\n'))
    .join('\n\n')}\n`;
}

function releaseText({ number, at, who }: Pick<Release, 'number' | 'at' | 'who'>, now: number): string {
  return `release ${number} by ${plainText(who)} ${formatDuration(Math.max(0, now - Date.parse(at)))} ago`;
}

/** What came of a release since, and why in short. */
function laterLines({ state, reason = '', ...later }: Later, { colour }: Style, now: number): string[] {
  const fates: Partial<Record<ReleaseState, string>> = {
    failed: colour.red('failed'),
    pending: colour.yellow('is not finished: it is under way, or was killed'),
    interrupted: colour.red('was interrupted'),
  };
  const why = plainText(reason.split('\n')[0]!);
  return [
    `${releaseText(later, now)} ${fates[state] ?? state}`,
    ...(why ? [`  ${why.length > longest ? `${why.slice(0, longest - 1)}…` : why}`] : []),
  ];
}

/** In a terminal of 80 columns, with its indent. */
const longest = 78;

function sign({ verdict }: ServiceStatus, { colour, signs }: Style): string {
  if (verdict.readiness === 'ready') return colour.green(signs.done);
  return verdict.readiness === 'failed' ? colour.red(signs.failed) : colour.yellow(signs.waiting);
}

function notesOf({ verdict, notes }: ServiceStatus): string[] {
  const told = verdict.readiness === 'ready' || notes.some((note) => note.includes(verdict.reason));
  return [...new Set([...(told ? [] : [verdict.reason]), ...notes])];
}

/** E.g. `kubectl-edit changed spec.replicas of Deployment/orders 4m10s ago`. */
function editText({ resource, by, fields, at }: HandEdit, now: number): string {
  const what = fields.length === 1 ? fields[0] : `${fields.length} fields`;
  const ago = at ? ` ${formatDuration(Math.max(0, now - Date.parse(at)))} ago` : '';
  return `${by} changed ${what} of ${resource}${ago}`;
}

/** The digest, or the last part of the name: enough to tell two builds apart. */
function shortImage(image: string): string {
  const digest = /sha256:([0-9a-f]{12})/.exec(image);
  if (digest) return `sha256:${digest[1]}`;
  return image.slice(image.lastIndexOf('/') + 1).slice(0, 28);
}
