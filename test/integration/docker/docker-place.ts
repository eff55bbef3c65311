import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEngineBuilder } from '../../../src/builds/engine/engine-builder.ts';
import type { Plan } from '../../../src/core/change.ts';
import type { Event } from '../../../src/core/events.ts';
import { applyPlan } from '../../../src/engine/apply-plan.ts';
import type { DockerEngine } from '../../../src/system/docker-engine.ts';
import type { DesiredService, Target } from '../../../src/targets/target.ts';
import type { EnvValue } from '../../../src/workspace/model.ts';
import { docker, service, uniqueApp } from '../builds/build-fixtures.ts';

export const environment = 'docker';
const signal = new AbortController().signal;

/** A service whose behaviour its environment decides, so that one image does for all cases. */
export const program = {
  'server.js': `
const { createServer } = require('node:http');
console.log('hello from ' + process.env.HOSTNAME + ' ' + (process.env.GREETING || ''));
if (process.env.BEHAVIOUR === 'crash') { console.error('cannot go on \\u001b[31mred'); process.exit(3); }
const answer = async (request, response) => {
  if (request.url === '/readyz') response.statusCode = process.env.BEHAVIOUR === 'sick' ? 503 : 200;
  if (request.url === '/env') return response.end(JSON.stringify(process.env));
  if (request.url === '/log') console.log('asked to log ' + request.headers.what);
  if (request.url === '/exit') { console.log('leaving'); return process.exit(9); }
  if (request.url === '/write') { try { require('node:fs').writeFileSync('/tmp/x', ''); require('node:fs').writeFileSync('/x', ''); } catch (error) { return response.end(error.code); } }
  if (request.url === '/peer') { try { return response.end(await (await fetch(process.env.CATALOG_URL + '/env')).text()); } catch (error) { response.statusCode = 502; return response.end(String(error.cause)); } }
  response.end('ok');
};
const servers = [process.env.HTTP_PORT, process.env.ADMIN_PORT].map((port) => createServer(answer).listen(port));
process.on('SIGTERM', () => servers.forEach((server) => { server.close(); server.closeAllConnections(); }));
`,
  'check.js': `fetch('http://127.0.0.1:' + process.env.HTTP_PORT + '/readyz').then((answer) => { console.log('HTTP ' + answer.status); process.exit(answer.ok ? 0 : 1); }, () => process.exit(1));`,
  Dockerfile: `FROM node:24-slim
WORKDIR /app
COPY server.js check.js ./
USER 65532:65532
HEALTHCHECK --interval=500ms --timeout=5s --start-period=1s --retries=3 CMD ["node", "check.js"]
CMD ["node", "server.js"]
`,
};

export interface TestApp {
  app: string;
  /** Built once; the image that all services of the app run. */
  image: string;
  folder: string;
  desired(name: string, options?: DesiredOptions): DesiredService;
  /** Removes what the app left on the engine: containers, networks, volumes and images. */
  sweep(): Promise<void>;
}

export interface DesiredOptions {
  env?: Record<string, EnvValue>;
  calls?: string[];
  image?: string;
  pending?: boolean;
}

export async function testApp(
  engine: DockerEngine,
  files: Record<string, string> = program,
): Promise<TestApp> {
  const app = uniqueApp('target');
  const folder = await mkdtemp(join(tmpdir(), 'docker-target-'));
  const base = await service(folder, files);
  const { artifact } = await createEngineBuilder({ app, engine }).build(base, { signal });
  if (artifact.kind !== 'image') throw new Error('not an image');
  return {
    app,
    image: artifact.reference,
    folder,
    desired: (name, { env = {}, calls = [], image = artifact.reference, pending = false } = {}) => ({
      service: { ...base, name, calls, path: `services/${name}` },
      env,
      manifests: '',
      pinnedPorts: {},
      artifact: { kind: 'image', reference: image, context: artifact.context, pending },
    }),
    sweep: async () => {
      const filter = ['--filter', `label=cloudnative.dev/app=${app}`];
      const ids = async (...list: string[]) => (await docker(...list)).split('\n').filter(Boolean);
      const containers = await ids('ps', '-aq', ...filter);
      if (containers.length > 0) await docker('rm', '-fv', ...containers);
      for (const network of await ids('network', 'ls', '-q', ...filter))
        await docker('network', 'rm', network);
      for (const volume of await ids('volume', 'ls', '-q', ...filter)) await docker('volume', 'rm', volume);
      for (const image of await ids('images', '--format', '{{.Repository}}:{{.Tag}}', ...filter))
        await docker('rmi', '-f', image);
    },
  };
}

export interface Deployed {
  plan: Plan;
  events: Event[];
}

/** As the deploy action does it, without building. */
export async function deploy(
  target: Target,
  desired: readonly DesiredService[],
  timeout = 40_000,
): Promise<Deployed> {
  return carryOut(target, () => target.plan(desired), timeout);
}

export async function destroy(target: Target, services?: readonly string[]): Promise<Deployed> {
  return carryOut(target, () => target.planRemoval(services), 60_000);
}

async function carryOut(target: Target, planning: () => Promise<Plan>, timeout: number): Promise<Deployed> {
  const events: Event[] = [];
  const plan = await target.locked(async () => {
    const current = await planning();
    await applyPlan(
      current,
      { timeout, wait: true },
      { target, emit: (event) => events.push(event), signal },
    );
    return current;
  });
  return { plan, events };
}

/** `id action note` of every change, the shortest way to say what a plan does. */
export function summary({ changes }: Plan): string[] {
  return changes.map(({ id, action, note }) => [id, action, note].filter(Boolean).join(' ')).sort();
}

export async function urlOf(target: Target, name: string): Promise<string> {
  const found = (await target.status()).find((one) => one.service === name)?.url;
  if (!found) throw new Error(`${name} has no address`);
  return found;
}

export async function get(url: string, headers: Record<string, string> = {}): Promise<string> {
  return (await fetch(url, { headers })).text();
}
