import { get } from 'node:http';

const timeout = 2000;

/** Asks the service in this container whether it is ready. Returns the exit code. */
export async function healthcheck(port: number): Promise<number> {
  try {
    const status = await readiness(port);
    if (status === 200) return 0;
    console.error(`not ready: /readyz answers ${status}`);
  } catch (error) {
    console.error(`not ready: ${(error as Error).message}`);
  }
  return 1;
}

function readiness(port: number): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const request = get(
      {
        host: '127.0.0.1',
        port,
        path: '/readyz',
        agent: false,
        signal: AbortSignal.timeout(timeout),
      },
      (response) => {
        response.resume();
        resolve(response.statusCode);
      },
    );
    request.on('error', reject);
  });
}
