import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import type { Plan } from '../../../src/core/change.ts';
import { ExpectedError } from '../../../src/core/errors.ts';
import { applyPlan } from '../../../src/engine/apply-plan.ts';
import { signalProcess } from '../../../src/system/process-group.ts';
import { identify, isRunning } from '../../../src/system/process-identity.ts';
import { processesOf } from '../../../src/targets/process/marker.ts';
import { createProcessTarget } from '../../../src/targets/process/process-target.ts';
import { type Limits, readJson, readObserved, statePaths } from '../../../src/targets/process/state-files.ts';
import type { SupervisorReply } from '../../../src/targets/process/supervisor-protocol.ts';
import type { DesiredService, ServiceStatus, Target } from '../../../src/targets/target.ts';
import type { EnvValue, Ports } from '../../../src/workspace/model.ts';

const fixture = resolve(import.meta.dirname, '../../fixtures/process/service.mjs');
const root = resolve(import.meta.dirname, '../../..');

interface Wish {
  env?: Record<string, EnvValue>;
  calls?: string[];
  run?: string[];
  build?: string;
  pending?: boolean;
  pinned?: Partial<Ports>;
}

/** A workspace in a temporary folder with a process target of its own, and what tests ask of both. */
export interface Place {
  folder: string;
  paths: ReturnType<typeof statePaths>;
  target: Target;
  supervisorEntry: string;
  wanted(services: Record<string, Wish>): DesiredService[];
  plan(services: Record<string, Wish>): Promise<Plan>;
  deploy(services: Record<string, Wish>, timeout?: number): Promise<Plan>;
  destroy(services?: string[]): Promise<Plan>;
  status(service: string): Promise<ServiceStatus | undefined>;
  /** 0 while it does not run. */
  pid(service: string): number;
  port(service: string): number;
  supervisor(): SupervisorReply;
  dispose(): Promise<void>;
}

export async function createPlace(
  limits: Limits = { stopGrace: 1500, logBytes: 10_000_000 },
): Promise<Place> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'cloudnative-process-')));
  const stateDir = join(folder, '.cloudnative/process/local');
  const paths = statePaths(stateDir);
  const supervisorEntry = await bundle('src/targets/process/supervisor.ts', join(folder, 'supervisor.mjs'));
  const scope = { app: 'shop', environment: 'local' };
  const target = createProcessTarget({
    scope,
    stateDir,
    supervisorEntry,
    nodePath: process.execPath,
    limits,
  });
  const seen = new Set<string>();

  const place: Place = {
    folder,
    paths,
    target,
    supervisorEntry,
    wanted: (services) =>
      Object.entries(services).map(([name, wish]) => {
        seen.add(name);
        return desired(folder, name, wish);
      }),
    plan: (services) => target.plan(place.wanted(services)),
    deploy: (services, timeout = 10_000) =>
      target.locked(async () => {
        const plan = await place.plan(services);
        await carryOut(plan, target, timeout);
        return plan;
      }),
    destroy: (services) =>
      target.locked(async () => {
        const plan = await target.planRemoval(services);
        await carryOut(plan, target, 10_000);
        return plan;
      }),
    status: async (service) => (await target.status()).find((one) => one.service === service),
    pid: (service) => readObserved(paths, service)?.process?.pid ?? 0,
    port: (service) => readObserved(paths, service)!.process!.ports.http,
    supervisor() {
      const file = readJson<{ version: 1; supervisor: SupervisorReply }>(paths.supervisor, () => true);
      if (typeof file !== 'object') throw new Error('there was no supervisor');
      return file.supervisor;
    },
    async dispose() {
      const file = readJson<{ version: 1; supervisor: SupervisorReply }>(paths.supervisor, () => true);
      if (typeof file === 'object' && isRunning(file.supervisor))
        signalProcess(file.supervisor.pid, 'SIGKILL');
      for (const service of seen)
        for (const pid of processesOf(paths, service)) signalProcess(pid, 'SIGKILL');
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
  return place;
}

/** Bundles a source file with what it imports, as the real build does. */
export async function bundle(entry: string, outfile: string, version = '0.0.0-test'): Promise<string> {
  await build({
    absWorkingDir: root,
    entryPoints: [entry],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    logLevel: 'error',
    define: { CLOUDNATIVE_VERSION: JSON.stringify(version) },
  });
  return outfile;
}

/** Looks until it is true, or fails with what was waited for. */
export async function until(what: string, condition: () => unknown, ms = 10_000): Promise<void> {
  const deadline = Date.now() + ms;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`waited ${ms} ms in vain until ${what}`);
    await new Promise((wake) => setTimeout(wake, 25));
  }
}

/** Sends a signal, and waits until the process is gone. */
export async function kill(pid: number, signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
  process.kill(pid, signal);
  await until(`pid ${pid} has ended`, () => identify(pid) === undefined);
}

/** The explanation of the expected failure that a promise ends in. */
export async function failure(promise: Promise<unknown>) {
  const error = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof ExpectedError)) throw error ?? new Error('it did not fail');
  return error.explanation;
}

export async function carryOut(plan: Plan, target: Target, timeout: number): Promise<void> {
  const signal = new AbortController().signal;
  await applyPlan(plan, { timeout, wait: true }, { target, emit: () => undefined, signal });
}

function desired(workspace: string, name: string, wish: Wish): DesiredService {
  const folder = join(workspace, 'services', name);
  mkdirSync(folder, { recursive: true });
  return {
    service: {
      name,
      language: 'ts',
      folder,
      path: `services/${name}`,
      ports: { http: 8080, admin: 9100 },
      image: { dockerfile: join(folder, 'Dockerfile'), context: folder, args: {} },
      build: [],
      run: wish.run ?? [process.execPath, fixture],
      calls: wish.calls ?? [],
      env: {},
      manifests: join(folder, 'deploy/kubernetes'),
    },
    env: wish.env ?? {},
    manifests: join(folder, 'deploy/kubernetes'),
    pinnedPorts: wish.pinned ?? {},
    artifact: { kind: 'command', digest: wish.build ?? 'sha256:aaaa', pending: wish.pending ?? false },
  };
}
