import type { ServerResponse } from 'node:http';
import type { Http2ServerResponse } from 'node:http2';
import type { Answer } from './api-upstream.ts';

/** What happens to a watch, or to a log that is followed; a request that is neither goes through. */
export interface WatchFault {
  watch: /** The server ends it, after so many milliseconds. */
    | { closeAfter: number }
    /** It begins and then says nothing, not even that it has ended. */
    | 'deaf'
    /** An event of this kind comes first, then the end. */
    | { event: object };
}

export const expired: WatchFault = {
  watch: {
    event: {
      type: 'ERROR',
      object: { kind: 'Status', code: 410, reason: 'Expired', message: 'too old resource version' },
    },
  },
};

export const failing: WatchFault = {
  watch: {
    event: { type: 'ERROR', object: { kind: 'Status', code: 500, reason: 'InternalError', message: 'made' } },
  },
};

export function isWatch(url: string): boolean {
  const { searchParams } = new URL(url, 'http://any');
  return searchParams.get('watch') === 'true' || searchParams.get('follow') === 'true';
}

export function faultyStream(
  { status, headers, stream }: Answer,
  outgoing: ServerResponse | Http2ServerResponse,
  { watch }: WatchFault,
): void {
  outgoing.writeHead(status, headers);
  (outgoing as ServerResponse).flushHeaders?.();
  if (watch === 'deaf') {
    stream.resume();
    return;
  }
  if ('event' in watch) {
    outgoing.end(`${JSON.stringify(watch.event)}\n`);
    return;
  }
  stream.pipe(outgoing as ServerResponse);
  setTimeout(() => {
    stream.unpipe();
    outgoing.end();
  }, watch.closeAfter);
}
