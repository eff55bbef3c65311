import { ExpectedError } from '../../../core/errors.ts';
import { ApiError } from '../api/api-error.ts';
import type { Cluster } from '../cluster.ts';

/** One instance of a container: a restart is another one. */
export interface LogSource {
  service: string;
  instance: string;
  key: string;
  path: string;
  container: string;
}

export interface StampedLine {
  /** RFC 3339 with fractions, as the node wrote it. */
  time: string;
  text: string;
}

/** Reads a container's log until its end. A stream that breaks goes on after the last line that came. */
export async function readLog(
  { path, container }: LogSource,
  { tail, follow }: { tail?: number; follow: boolean },
  { api }: Pick<Cluster, 'api'>,
  signal: AbortSignal,
  onLine: (line: StampedLine) => void,
): Promise<void> {
  let last = '';
  let rest = '';
  let resumedAfter = '';
  const take = (line: string) => {
    const [, time, text] = /^(\S+) ?(.*)$/s.exec(line) ?? [];
    if (time === undefined || time <= resumedAfter) return;
    last = time;
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
    tailLines: last || tail === undefined ? undefined : String(tail),
    sinceTime: last ? last.replace(/\.\d+/, '') : undefined,
  });
  for (let broken = 0; ; broken++) {
    rest = '';
    resumedAfter = last;
    try {
      await api.text({ path, query: query(), accept: '*/*', signal, onData });
      if (rest) take(rest);
      return;
    } catch (error) {
      if (isOver(error)) return;
      if (
        signal.aborted ||
        broken >= 5 ||
        !(error instanceof ExpectedError) ||
        error.explanation.exit !== 'unreachable'
      )
        throw error;
    }
  }
}

/** The pod is gone, or its container cannot tell any more. */
function isOver(error: unknown): boolean {
  return error instanceof ApiError && (error.status === 404 || error.status === 400);
}
