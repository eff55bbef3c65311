import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { delay } from '../../src/core/duration.ts';

const never = new AbortController().signal;

export interface Sample {
  metric: Record<string, string>;
  value: number;
}

export interface DroppedTarget {
  discoveredLabels: Record<string, string>;
  scrapePool: string;
}

export interface ScrapeTarget extends DroppedTarget {
  labels: Record<string, string>;
  health: string;
  scrapeUrl: string;
}

export interface FiringAlert {
  labels: Record<string, string>;
  annotations: Record<string, string>;
  state: string;
}

/** A real Prometheus with the given configuration and rules, scraping and evaluating every second; stop it in the end. */
export async function startPrometheus(program: string, config: string, rules?: string) {
  const folder = await mkdtemp(join(tmpdir(), 'cloudnative-prometheus-'));
  const port = await freePort();
  const faster = config
    .replace(/scrape_interval: 15s/, 'scrape_interval: 1s')
    .replace(/scrape_timeout: 10s/, 'scrape_timeout: 1s');
  if (rules !== undefined) await writeFile(join(folder, 'rules.yml'), rules);
  const evaluated = faster.replace(
    /^global:/,
    `rule_files: [${rules === undefined ? '' : 'rules.yml'}]\nglobal:\n  evaluation_interval: 1s`,
  );
  await writeFile(join(folder, 'prometheus.yml'), evaluated);
  const flags = [
    `--config.file=${folder}/prometheus.yml`,
    `--storage.tsdb.path=${folder}/data`,
    `--web.listen-address=127.0.0.1:${port}`,
  ];
  const server = spawn(program, flags, { stdio: ['ignore', 'ignore', 'pipe'] });
  let log = '';
  server.stderr!.on('data', (chunk) => {
    log = (log + chunk).slice(-20_000);
  });
  const ask = async (path: string) => {
    if (server.exitCode !== null) throw new Error(`Prometheus ended:\n${log}`);
    const response = await fetch(`http://127.0.0.1:${port}${path}`);
    return (await response.json()) as { status: string; data: never; error?: string };
  };
  const get = async (path: string) => (await ask(path)).data;
  return {
    query: async (expression: string): Promise<Sample[]> => {
      const { result } = (await get(`/api/v1/query?query=${encodeURIComponent(expression)}`)) as {
        result: { metric: Record<string, string>; value: [number, string] }[];
      };
      return result.map(({ metric, value }) => ({ metric, value: Number(value[1]) }));
    },
    /** The expression as a tree. Throws for what does not parse. */
    parse: async (expression: string): Promise<object> => {
      const { status, data, error } = await ask(
        `/api/v1/parse_query?query=${encodeURIComponent(expression)}`,
      );
      if (status !== 'success') throw new Error(`${error}: ${expression}`);
      return data as object;
    },
    alerts: async (): Promise<FiringAlert[]> =>
      ((await get('/api/v1/alerts')) as { alerts: FiringAlert[] }).alerts,
    targets: async (): Promise<ScrapeTarget[]> =>
      ((await get('/api/v1/targets?state=active')) as { activeTargets: ScrapeTarget[] }).activeTargets,
    /** Those that its rules dropped, too. */
    allTargets: async () =>
      (await get('/api/v1/targets')) as { activeTargets: ScrapeTarget[]; droppedTargets: DroppedTarget[] },
    /** The end of what it has written. */
    log: () => log,
    stop: () => stop(server, folder),
  };
}

/** Asks until the answer satisfies, and returns it; after the time limit the last answer is in the error. */
export async function eventually<T>(
  ask: () => Promise<T>,
  satisfied: (answer: T) => boolean,
  ms = 30_000,
): Promise<T> {
  const end = Date.now() + ms;
  let last: unknown;
  while (Date.now() < end) {
    try {
      const answer = await ask();
      if (satisfied(answer)) return answer;
      last = answer;
    } catch (error) {
      last = error;
    }
    await delay(200, never);
  }
  throw new Error(
    `not within ${ms / 1000} s; the last answer was ${last instanceof Error ? last.message : JSON.stringify(last)}`,
  );
}

async function stop(server: ChildProcess, folder: string): Promise<void> {
  if (server.exitCode === null) {
    server.kill();
    await once(server, 'exit');
  }
  await rm(folder, { recursive: true, force: true });
}

export function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
