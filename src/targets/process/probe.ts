import { get } from 'node:http';

/** The status of `GET /readyz`, or why there is none. */
export type Probe = { status: number } | { problem: string };

/** Asks a service on this machine whether it is ready; never throws, never takes longer than `timeout` milliseconds. */
export function probeReadiness(port: number, timeout = 2000): Promise<Probe> {
  return new Promise((resolve) => {
    const signal = AbortSignal.timeout(timeout);
    const request = get({ host: '127.0.0.1', port, path: '/readyz', agent: false, signal }, (response) => {
      response.resume();
      resolve({ status: response.statusCode ?? 0 });
      response.destroy();
    });
    request.on('error', (error: NodeJS.ErrnoException) => {
      if (signal.aborted) resolve({ problem: `GET /readyz is not answered in ${timeout / 1000} s` });
      else if (error.code === 'ECONNREFUSED') resolve({ problem: `nothing listens on port ${port} yet` });
      else resolve({ problem: `GET /readyz fails: ${error.message}` });
    });
  });
}
