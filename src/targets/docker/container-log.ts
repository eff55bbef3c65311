import { plainText } from '../../core/terminal-text.ts';
import { isConflict, isMissing } from '../../system/docker-errors.ts';
import type { DockerPlace } from './names.ts';

export interface TimedLine {
  /** RFC 3339 with nanoseconds, of fixed width, so that it can be compared as text. */
  time: string;
  text: string;
}

export interface ReadOptions {
  follow: boolean;
  tail: number | 'all';
  /** Only lines after this time. */
  after?: string;
  signal: AbortSignal;
}

/** A container's output, both streams, a line at a time; of a container that is gone, nothing. Ends when the container stops. */
export async function* readContainerLog(
  place: DockerPlace,
  id: string,
  options: ReadOptions,
): AsyncGenerator<TimedLine> {
  const { follow, tail, after, signal } = options;
  const query = {
    stdout: '1',
    stderr: '1',
    timestamps: '1',
    follow: follow ? '1' : '0',
    tail: String(tail),
    ...(after ? { since: unixTime(after) } : {}),
  };
  try {
    const body = await place.engine.stream({ method: 'GET', path: `/containers/${id}/logs`, query, signal });
    for await (const line of lines(body)) if (!after || line.time > after) yield line;
  } catch (error) {
    // A conflict: it is being removed at this moment.
    if (!isMissing(error) && !isConflict(error) && !signal.aborted && !isCut(error)) throw error;
  }
}

/** Puts the frames of the two streams back into lines. A line that is longer than a frame gets a time in each of them. */
async function* lines(body: NodeJS.ReadableStream): AsyncGenerator<TimedLine> {
  const open = new Map<number, TimedLine>();
  for await (const { stream, payload } of frames(body)) {
    const [, time = '', text = ''] = /^(\S+) ([\s\S]*)$/.exec(payload) ?? [undefined, '', payload];
    const begun = open.get(stream);
    const line = begun ? { time: begun.time, text: begun.text + text } : { time, text };
    if (line.text.endsWith('\n')) {
      open.delete(stream);
      yield finished(line);
    } else open.set(stream, line);
  }
  for (const line of open.values()) yield finished(line);
}

function finished({ time, text }: TimedLine): TimedLine {
  return { time, text: plainText(text.replace(/\r?\n$/, '').replace(/^.*\r/, '')) };
}

/** Each frame is a byte for the stream, three of nothing, four for the length, and so much text. */
async function* frames(body: NodeJS.ReadableStream): AsyncGenerator<{ stream: number; payload: string }> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of body) {
    rest = Buffer.concat([rest, chunk as Buffer]);
    while (rest.length >= 8 && rest.length >= 8 + rest.readUInt32BE(4)) {
      const end = 8 + rest.readUInt32BE(4);
      yield { stream: rest[0]!, payload: rest.subarray(8, end).toString() };
      rest = rest.subarray(end);
    }
  }
}

function unixTime(time: string): string {
  const nanoseconds = /\.(\d{9})Z$/.exec(time)?.[1] ?? '000000000';
  return `${Math.floor(Date.parse(time) / 1000)}.${nanoseconds}`;
}

/** The engine ends a followed log this way when the container is removed. */
function isCut(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ECONNRESET';
}
