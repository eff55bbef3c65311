import { ExpectedError } from '../../../core/errors.ts';
import { ApiError } from '../api/api-error.ts';
import type { Cluster } from '../cluster.ts';
import type { LogSource } from './log-sources.ts';

export interface StampedLine {
  /** RFC 3339 with fractions, as the node wrote it. */
  time: string;
  text: string;
}

/** How far a container's log has been read: the time of the last line. All its instances write one after the other. */
export interface LogPosition {
  last: string;
}

export interface LogRead {
  follow: boolean;
  /** Lines from before now; all of them when absent. */
  tail?: number;
  previous?: boolean;
}

/** Streams that break one after the other without a line between them. */
const enough = 5;
/** What the node adds to each line when asked for timestamps. */
const stamped = /^(\d{4}-\d\d-\d\dT\S+) ?(.*)$/s;

/**
 * Reads what comes after the position, to the log's end. A stream that breaks goes on after the last line that came. False where the
 * node says, in the log's place, that it cannot find it.
 */
export async function readLog(
  { path, container }: Pick<LogSource, 'path' | 'container'>,
  { follow, tail, previous }: LogRead,
  position: LogPosition,
  { api }: Pick<Cluster, 'api'>,
  signal: AbortSignal,
  onLine: (line: StampedLine) => void,
): Promise<boolean> {
  let rest = '';
  let found = true;
  let after = '';
  const take = (line: string) => {
    const [, time, text] = stamped.exec(line) ?? [];
    if (time === undefined) {
      found &&= line === '';
      return;
    }
    if (time <= after) return;
    position.last = time;
    onLine({ time, text: text! });
  };
  const onData = (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop()!;
    lines.forEach(take);
  };
  const query = () => ({
    container,
    timestamps: 'true',
    follow: follow ? 'true' : undefined,
    previous: previous ? 'true' : undefined,
    tailLines: after || tail === undefined ? undefined : String(tail),
    // Whole seconds are all that the server counts in.
    sinceTime: after ? after.replace(/\.\d+/, '') : undefined,
  });
  for (let broken = 0; ; broken++) {
    rest = '';
    if (position.last !== after) broken = 0;
    after = position.last;
    try {
      await api.text({ path, query: query(), accept: '*/*', signal, onData });
      if (rest) take(rest);
      return found;
    } catch (error) {
      if (isOver(error)) return true;
      const lost = error instanceof ExpectedError && error.explanation.exit === 'unreachable';
      if (signal.aborted || broken >= enough || !lost) throw error;
    }
  }
}

/** The pod is gone, or its container cannot tell any more. */
function isOver(error: unknown): boolean {
  return error instanceof ApiError && (error.status === 404 || error.status === 400);
}
