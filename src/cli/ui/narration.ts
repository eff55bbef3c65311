import { formatDuration } from '../../core/duration.ts';
import type { Event } from '../../core/events.ts';
import { plainText } from '../../core/terminal-text.ts';
import type { Style } from './style.ts';

const width = 72;

/** A line for a finished step, `transient` where a terminal shows it only until the next one. */
export interface Narrated {
  text: string;
  transient: boolean;
}

/** Turns events into lines; remembers only how wide the first column is. */
export function createNarrator(style: Style): (event: Event) => Narrated | undefined {
  let subjectWidth = 8;
  const { colour, signs } = style;

  const step = (sign: string, subject: string, verb: string, detail: string, ms?: number): string => {
    subjectWidth = Math.max(subjectWidth, subject.length);
    const left =
      `  ${sign} ${subject.padEnd(subjectWidth)}  ${verb.padEnd(8)} ${plainText(detail)}`.trimEnd();
    const time = ms === undefined ? '' : formatDuration(ms);
    const gap = Math.max(2, width - left.length - time.length);
    const line = time ? `${left}${' '.repeat(gap)}${time}` : left;
    return line.replace(sign, tint(sign));
  };
  const tint = (sign: string): string => {
    if (sign === signs.done) return colour.green(sign);
    if (sign === signs.failed) return colour.red(sign);
    return sign === signs.waiting ? colour.yellow(sign) : colour.dim(sign);
  };
  const lasting = (text: string): Narrated => ({ text, transient: false });

  return (event) => {
    switch (event.type) {
      case 'heading':
        subjectWidth = Math.max(subjectWidth, ...event.subjects.map(({ length }) => length));
        return lasting(
          `${colour.bold(event.app)} → ${colour.bold(event.environment)} (${event.place})`.replace(
            '→',
            signs.done === '+' ? '->' : '→',
          ),
        );
      case 'started':
        return {
          text: step(signs.waiting, short(event.subject), present[event.step], event.detail),
          transient: true,
        };
      case 'built':
      case 'pushed':
        return lasting(
          step(
            event.skipped ? signs.unchanged : signs.done,
            event.service,
            event.type,
            event.detail,
            event.ms,
          ),
        );
      case 'applied':
        return {
          text: step(signs.done, short(event.resource), past[event.action], '', event.ms),
          transient: isLocal(event.resource),
        };
      case 'ready':
        // A settings object is ready as soon as it is applied: one line is enough.
        return event.detail || event.ms > 1000 || isLocal(event.resource)
          ? lasting(step(signs.done, short(event.resource), 'ready', event.detail, event.ms))
          : undefined;
      case 'waiting':
        return {
          text: step(signs.waiting, short(event.resource), 'waiting', event.reason, event.ms),
          transient: true,
        };
      case 'failed':
        return lasting(step(signs.failed, short(event.resource), 'failed', '', event.ms));
      case 'removed':
        return lasting(step(signs.done, short(event.resource), 'removed', '', event.ms));
      case 'kept':
        return lasting(`  ${colour.yellow('!')} ${event.resource}  ${plainText(event.reason)}`);
      case 'planned':
        return undefined;
      case 'forwarding':
        return lasting(step(signs.done, event.service, 'leads to', event.to));
      case 'wrote':
        return lasting(`  ${colour.green(signs.done)} ${event.detail} in ${event.path}`);
      case 'warning':
        return lasting(`  ${colour.yellow('!')} ${plainText(event.message)}`);
    }
  };
}

const present = {
  build: 'building',
  push: 'pushing',
  wait: 'waiting',
  remove: 'removing',
  apply: 'starting',
} as const;
const past = {
  create: 'created',
  update: 'updated',
  replace: 'replaced',
  remove: 'removed',
  none: 'unchanged',
} as const;

/** Processes and containers are known by their service's name; Kubernetes objects by kind and name. */
function short(id: string): string {
  return id.replace(/^(Process|Container)\//, '');
}

function isLocal(id: string): boolean {
  return /^(Process|Container)\//.test(id);
}
