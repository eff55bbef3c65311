import type { ReleaseEntry } from '../../actions/records-of.ts';
import type { ChangeCounts } from '../../core/change-counts.ts';
import { formatDuration } from '../../core/duration.ts';
import { causeText, type ReleaseState } from '../../core/release.ts';
import { plainText } from '../../core/terminal-text.ts';
import type { Style } from './style.ts';
import { table } from './table.ts';

export interface HistoryView {
  app: string;
  environment: string;
  place: string;
  releases: readonly ReleaseEntry[];
}

const width = 80;

/** A row for each release, and under it its images and why it failed; in 80 columns. */
export function historyText(view: HistoryView, style: Style, now: number): string {
  const { colour } = style;
  const title = `${colour.bold(view.app)} on ${colour.bold(view.environment)} (${view.place})`;
  if (view.releases.length === 0) return `${title}\n\n  no releases yet\n`;
  const heading = ['release', 'when', 'who', 'result', 'took', 'what'];
  const rows = view.releases.map((release) => {
    const state = tinted(release.state, style);
    if (release.result === 'damaged') return [String(release.number), '', '', state, '', ''];
    return [
      String(release.number),
      formatDuration(Math.max(0, now - Date.parse(release.at))),
      cut(plainText(release.who), 20),
      state,
      release.ms === undefined ? '' : formatDuration(release.ms),
      countsText(release.changes),
    ];
  });
  const [first, ...lines] = table([heading, ...rows], (cell) => colour.dim(cell));
  const blocks = lines.flatMap((line, index) => [
    line,
    ...detailLines(view.releases[index]!).map((detail) => colour.dim(detail)),
  ]);
  return `${[title, '', first!, ...blocks].join('\n')}\n`;
}

function tinted(state: ReleaseState, { colour }: Style): string {
  if (state === 'live') return colour.green(state);
  if (state === 'superseded') return state;
  return state === 'pending' ? colour.yellow(state) : colour.red(state);
}

/** `+2 ~1 -1`, with the signs of a plan. */
function countsText({ create, update, remove }: ChangeCounts): string {
  const parts = [
    [create, '+'],
    [update, '~'],
    [remove, '-'],
  ] as const;
  return parts.flatMap(([count, sign]) => (count > 0 ? `${sign}${count}` : [])).join(' ');
}

function detailLines(release: ReleaseEntry): string[] {
  if (release.result === 'damaged') return [reasonLine(release.reason)];
  const { cause, images, services, reason, state } = release;
  const touched = images.filter(({ service }) => services.includes(service));
  const texts = touched.map(({ service, image }) => `${service} ${shortImage(image)}`);
  return [
    ...filled([...(cause.action === 'deploy' ? [] : [causeText(cause)]), ...texts]),
    ...(reason && state === 'failed' ? [reasonLine(reason)] : []),
  ];
}

function reasonLine(reason: string): string {
  return cut(`           ${plainText(reason.split('\n')[0]!)}`, width);
}

/** As many to a line as fit. */
function filled(texts: readonly string[]): string[] {
  const lines: string[] = [];
  for (const text of texts) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 2 + text.length <= width)
      lines[lines.length - 1] = `${last}  ${text}`;
    else lines.push(cut(`           ${text}`, width));
  }
  return lines;
}

function shortImage(image: string): string {
  const digest = /sha256:([0-9a-f]{12})/.exec(image);
  return digest ? `sha256:${digest[1]}` : plainText(image.slice(image.lastIndexOf('/') + 1));
}

function cut(text: string, longest: number): string {
  return text.length <= longest ? text : `${text.slice(0, longest - 1)}…`;
}
