import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { connect, type NetConnectOpts } from 'node:net';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { describe } from 'vitest';
import { parse } from 'yaml';
import { otherVersion } from './api-only.ts';
import { type LabSuite, labSuites } from './lab-suites.ts';

interface Lab {
  kubeconfig?: string;
  context?: string;
  kubectl?: string;
  /** True where the cluster has a node. A suite that does not ask for it also runs on other versions of Kubernetes. */
  pods?: true;
  dockerHost?: string;
  /** Host and port of a registry that asks for no password; the lab's engine and cluster pull from it. */
  registry?: string;
  registryAuth?: { host: string; user: string; password: string };
  prometheus?: string;
  promtool?: string;
  /** Programs of the other Node.js versions that the built CLI must run on, by major version. */
  nodes?: Record<string, string>;
  /** True where `strace` can fail calls of the system and `unshare` can mount a small disk. Not of the lab, but not on every machine. */
  faults?: true;
}

/**
 * What tests may touch: the running lab, or else the cluster, engine and registry that CLOUDNATIVE_TEST_* name.
 * With CLOUDNATIVE_TEST_KUBERNETES, the control plane of that version in place of the cluster.
 * Never what KUBECONFIG, DOCKER_HOST or a Docker context happen to name.
 */
export const lab: Lab = {
  ...((await runningLab()) ?? namedParts()),
  ...(otherVersion && clusterOfVersion(otherVersion)),
  faults: faultTools(),
};

/**
 * A suite that needs parts of the lab. Without them its tests are skipped, out loud. Its body then runs all the same, to
 * count them, so a body uses `lab` inside hooks and tests only. Throws for a name that is not in lab-suites.ts.
 */
export function labSuite(name: LabSuite, needs: Array<keyof Lab>, body: () => void): void {
  if (!labSuites.includes(name))
    throw new Error(`suite "${name}" is not listed in test/support/lab-suites.ts`);
  const missing = needs.filter((need) => lab[need] === undefined);
  if (missing.length > 0) {
    console.error(
      `SKIPPED suite "${name}": needs ${missing.join(', ')}; ${missing.includes('faults') ? 'install strace and unshare' : 'start it with: npm run lab -- up'}`,
    );
  }
  describe.skipIf(missing.length > 0)(name, body);
}

async function runningLab(): Promise<Lab | undefined> {
  const file = join(labFolder(), 'env');
  if (!existsSync(file)) return undefined;
  const setting = readSettings(file);
  const kubeconfig = setting('KUBECONFIG');
  const dockerHost = setting('DOCKER_HOST');
  const registry = setting('CLOUDNATIVE_LAB_REGISTRY');
  // A machine that stopped leaves the file behind. The parts start together, so one that does not answer means: no lab.
  if (!existsSync(kubeconfig)) return undefined;
  const { server } = readKubeconfig(kubeconfig);
  const answers = await Promise.all([
    reachable({ host: server.hostname, port: Number(server.port) }),
    reachable({ path: new URL(dockerHost).pathname }),
    reachable({ host: registry.split(':')[0], port: Number(registry.split(':')[1]) }),
  ]);
  if (answers.includes(false)) return undefined;
  const [, user, password, host] = /^(.+):(.+)@(.+)$/.exec(setting('CLOUDNATIVE_LAB_REGISTRY_AUTH'))!;
  return {
    ...clusterOf(setting),
    pods: true,
    dockerHost,
    registry,
    registryAuth: { host: host!, user: user!, password: password! },
    prometheus: setting('PROMETHEUS'),
    promtool: setting('PROMTOOL'),
    nodes: { 22: setting('NODE_22'), 24: setting('NODE_24') },
  };
}

/** A control plane that was started by itself; it has no node. */
function clusterOfVersion(version: string): Lab {
  const file = join(labFolder(), `env-${version}`);
  if (!existsSync(file))
    throw new Error(`Kubernetes ${version} is not up; start it with: npm run lab -- up ${version}`);
  return { ...clusterOf(readSettings(file)), pods: undefined };
}

function namedParts(): Lab {
  const kubeconfig = process.env.CLOUDNATIVE_TEST_KUBECONFIG || undefined;
  return {
    kubeconfig,
    context: kubeconfig && readKubeconfig(kubeconfig).context,
    kubectl: kubeconfig && 'kubectl', // the one on PATH, always told which kubeconfig
    pods: kubeconfig ? true : undefined,
    dockerHost: process.env.CLOUDNATIVE_TEST_DOCKER_HOST || undefined,
    registry: process.env.CLOUDNATIVE_TEST_REGISTRY || undefined,
  };
}

function faultTools(): true | undefined {
  const probes = [
    ['strace', '-qq', '-o', '/dev/null', 'true'],
    ['unshare', '--map-root-user', '--mount', 'true'],
  ];
  return probes.every(([tool, ...args]) => spawnSync(tool!, args).status === 0) || undefined;
}

function labFolder(): string {
  return process.env.CLOUDNATIVE_LAB_DIR || join(homedir(), '.cache/cloudnative-lab');
}

type Settings = (name: string) => string;

/** Throws for a setting that the file does not have. */
function readSettings(file: string): Settings {
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
  const settings = new Map(
    lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );
  return (name) => settings.get(name) ?? fail(`${file} has no ${name}; bring the lab up again`);
}

function clusterOf(setting: Settings): Pick<Lab, 'kubeconfig' | 'context' | 'kubectl'> {
  const kubeconfig = setting('KUBECONFIG');
  return {
    kubeconfig,
    context: readKubeconfig(kubeconfig).context,
    kubectl: setting('CLOUDNATIVE_LAB_KUBECTL'),
  };
}

/** The current context, and the API server of the first cluster. */
function readKubeconfig(file: string): { context: string; server: URL } {
  const config = parse(readFileSync(file, 'utf8'));
  return { context: config['current-context'], server: new URL(config.clusters[0].cluster.server) };
}

/** Whether something accepts a connection there within a second. */
function reachable(address: NetConnectOpts): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(address);
    const end = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(1_000, () => end(false));
    socket.once('connect', () => end(true)).once('error', () => end(false));
  });
}

function fail(message: string): never {
  throw new Error(message);
}
