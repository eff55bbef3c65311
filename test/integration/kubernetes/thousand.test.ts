import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cliOk, startCli } from '../../support/cli.ts';
import { lab, labSuite } from '../../support/lab.ts';
import { figure, long } from '../../support/trials.ts';
import { faultProxy } from './support/fault-proxy.ts';
import { clusterAt } from './support/kill-matrix.ts';
import { writeKubeconfig } from './support/kubeconfig.ts';
import { kubectl } from './support/kubectl.ts';

const deployments = long ? 1000 : 150;
/** MB that a run may take. */
const mostMemory = 300;
const mostRuns = 15;

labSuite('kubernetes faults', ['kubeconfig', 'kubectl'], () => {
  let folder: string;
  const namespaces: string[] = [];
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'cloudnative-thousand-'));
    await writeFile(join(folder, 'all.yaml'), Array.from({ length: deployments }, manifest).join('---\n'));
  });
  afterAll(async () => {
    for (const namespace of namespaces)
      await kubectl(['delete', 'namespace', namespace, '--ignore-not-found', '--wait=false']);
    await rm(folder, { recursive: true });
  });

  const newNamespace = () => {
    const namespace = `thousand-${randomBytes(3).toString('hex')}`;
    namespaces.push(namespace);
    return ['--manifests', '.', '--app', 'many', '-n', namespace, '--context', lab.context!, '--yes'];
  };
  /** How one run ends, how much memory it took at most, and what it asked of the server. */
  const run = async (args: readonly string[]) => {
    const proxy = await faultProxy(undefined, { tls: true });
    try {
      const KUBECONFIG = await writeKubeconfig(folder, { cluster: clusterAt(proxy) });
      const { child, output } = startCli(args, { cwd: folder, env: { KUBECONFIG } });
      let memory = 0;
      const watching = setInterval(() => {
        memory = Math.max(memory, peakOf(child.pid!));
      }, 50);
      const [code] = (await once(child, 'close')) as [number | null];
      clearInterval(watching);
      const dry = proxy.seen.filter((line) => line.includes('dryRun=All')).length;
      return { code, ...output, memory, dry, requests: proxy.seen.length - dry };
    } finally {
      await proxy.close();
    }
  };
  const there = async (namespace: string) =>
    (await kubectl(['get', 'deployments', '-n', namespace, '-o', 'name'])).trim().split('\n').length;

  test('many objects take two requests each at most, and little memory', async () => {
    const place = newNamespace();
    const first = await run(['deploy', ...place, '--timeout', '15m']);
    expect(first.stderr).not.toMatch(/^error/m);
    expect(first.code).toBe(0);
    const again = await run(['deploy', ...place, '--timeout', '15m']);
    expect(again.code).toBe(0);
    figure(
      'K18',
      `${deployments} Deployments: ${first.requests} requests and ${first.dry} of the preflight, ${first.memory} MB at most; unchanged ${again.requests} requests, ${again.memory} MB`,
    );
    expect(await there(namespaces.at(-1)!)).toBe(deployments);
    expect(first.requests).toBeLessThanOrEqual(2 * deployments);
    expect(first.dry).toBeLessThanOrEqual(deployments);
    expect(Math.max(first.memory, again.memory)).toBeLessThanOrEqual(mostMemory);
    expect(first.memory).toBeGreaterThan(20);
    expect(again.dry).toBe(0);
  }, 3_600_000);

  test('a time limit that is too short is only a matter of repeating the command', async () => {
    const place = newNamespace();
    // The namespace first, so that the runs differ in the objects alone.
    await kubectl(['create', 'namespace', namespaces.at(-1)!]);
    const options = { cwd: folder, env: { KUBECONFIG: lab.kubeconfig! }, timeout: 900_000 };
    const started = performance.now();
    await cliOk(['deploy', ...newNamespace(), '--no-preflight', '--timeout', '15m'], options);
    const whole = (performance.now() - started) / 1000;
    const limit = Math.max(1, Math.round(whole / 6));
    const codes: (number | null)[] = [];
    let made = 0;
    while (codes.length < mostRuns && codes.at(-1) !== 0) {
      const { code } = await run(['deploy', ...place, '--no-preflight', '--timeout', `${limit}s`]);
      codes.push(code);
      made = await there(namespaces.at(-2)!);
    }
    figure(
      'K18',
      `${deployments} Deployments with --timeout ${limit}s, where a run takes ${whole.toFixed(1)} s: complete after ${codes.length} runs`,
    );
    expect(codes.at(-1)).toBe(0);
    expect(codes.slice(0, -1).every((code) => code === 7)).toBe(true);
    expect(made).toBe(deployments);
  }, 3_600_000);
});

function manifest(_: unknown, index: number): string {
  const name = `many-${index}`;
  return `apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}}
spec:
  replicas: 0
  selector: {matchLabels: {app: ${name}}}
  template:
    metadata: {labels: {app: ${name}}}
    spec: {containers: [{name: main, image: registry.example.com/main:1, readinessProbe: {tcpSocket: {port: 80}}}]}
`;
}

/** MB that a process had in memory at most until now; 0 when it has ended. */
function peakOf(pid: number): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Math.round(Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) / 1024);
  } catch {
    return 0;
  }
}
