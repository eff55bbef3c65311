import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cliOk } from '../../support/cli.ts';
import { lab, labSuite } from '../../support/lab.ts';
import { type FaultProxy, faultProxy } from './support/fault-proxy.ts';
import { plainCluster, writeKubeconfig } from './support/kubeconfig.ts';
import { kubectl } from './support/kubectl.ts';

/** Milliseconds that an answer comes later: much more than all that happens between two requests that do not wait for each other. */
const latency = 400;

labSuite('kubernetes target', ['kubeconfig', 'kubectl'], () => {
  const arrivals: { line: string; at: number }[] = [];
  let folder: string;
  let proxy: FaultProxy;
  let kubeconfig: string;
  const namespace = `rounds-${process.pid}`;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'cloudnative-rounds-'));
    await mkdir(join(folder, 'manifests'));
    proxy = await faultProxy((_, line) => void arrivals.push({ line, at: performance.now() }));
    proxy.latency = latency;
    kubeconfig = await writeKubeconfig(folder, { cluster: plainCluster(proxy.url) });
    await kubectl(['create', 'namespace', namespace]);
  });
  afterAll(async () => {
    await proxy.close();
    await kubectl(['delete', 'namespace', namespace, '--wait=false']);
    await rm(folder, { recursive: true });
  });

  /** How often a deploy waits for an answer before it asks on: before its first write to the app, and in all. */
  const rounds = async (value: string) => {
    const names = ['a', 'b', 'c', 'd', 'e'];
    const maps = names.map(
      (name) =>
        `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\ndata: {value: ${JSON.stringify(value)}}\n`,
    );
    await writeFile(join(folder, 'manifests/maps.yaml'), maps.join('---\n'));
    arrivals.length = 0;
    const place = ['--app', 'far', '-n', namespace, '--kubeconfig', kubeconfig, '--context', lab.context!];
    await cliOk(['deploy', '--yes', '--no-preflight', '--manifests', 'manifests', ...place], {
      cwd: folder,
    });
    let round = 0;
    let began = Number.NEGATIVE_INFINITY;
    const numbered = arrivals.map(({ line, at }) => {
      if (at >= began + latency) {
        round++;
        began = at;
      }
      return { line, round };
    });
    const write = numbered.find(({ line }) => /^PATCH .*\/configmaps\/a\?(?!.*dryRun)/.test(line));
    return { before: write && write.round - 1, all: round };
  };

  test('a deploy asks what it can at once, since a cluster may be far away', async () => {
    const first = await rounds('1');
    expect(first.before).toBeLessThanOrEqual(9);
    expect(first.all).toBeLessThanOrEqual(14);
    const changed = await rounds('2');
    expect(changed.before).toBeLessThanOrEqual(8);
    expect(changed.all).toBeLessThanOrEqual(12);
    const unchanged = await rounds('2');
    expect(unchanged.before).toBeUndefined();
    expect(unchanged.all).toBeLessThanOrEqual(3);
  }, 120_000);
});
