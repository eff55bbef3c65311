import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { brokenManifests } from '../../support/broken-manifests.ts';
import { cli } from '../../support/cli.ts';
import { lab, labSuite } from '../../support/lab.ts';
import { figure } from '../../support/trials.ts';
import { type FaultProxy, faultProxy } from './support/fault-proxy.ts';
import { clusterAt } from './support/kill-matrix.ts';
import { writeKubeconfig } from './support/kubeconfig.ts';
import { kubectl } from './support/kubectl.ts';

const mistakes = [
  'an unknown field',
  'one variable twice',
  'one port twice',
  'a ConfigMap of more than 1 MB',
  'annotations of more than 256 kB',
];
const namespace = `faults-${randomBytes(3).toString('hex')}`;

labSuite('kubernetes faults', ['kubeconfig', 'kubectl'], () => {
  let folder: string;
  let proxy: FaultProxy;
  let env: Record<string, string>;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'cloudnative-faults-'));
    proxy = await faultProxy(undefined, { tls: true });
    env = { KUBECONFIG: await writeKubeconfig(folder, { cluster: clusterAt(proxy) }) };
    await kubectl(['create', 'namespace', namespace]);
  });
  afterAll(async () => {
    await proxy.close();
    await kubectl(['delete', 'namespace', namespace, '--wait=false']);
    await rm(folder, { recursive: true });
  });

  /** How a deploy of the manifests ends, and what it asked the server for. */
  const deployed = async (files: Record<string, string>) => {
    const manifests = join(folder, 'manifests');
    await rm(manifests, { recursive: true, force: true });
    await mkdir(manifests);
    for (const [name, text] of Object.entries(files)) await writeFile(join(manifests, name), text);
    proxy.seen.length = 0;
    const place = ['--manifests', 'manifests', '--app', 'shop', '-n', namespace, '--context', lab.context!];
    const { code, stderr } = await cli(['deploy', ...place, '--yes'], { cwd: folder, env });
    const dry = proxy.seen.filter((line) => line.includes('dryRun=All')).length;
    const writes = proxy.seen.filter((line) => !line.startsWith('GET')).length - dry;
    return { code, stderr, dry, writes, all: proxy.seen.length };
  };

  test('one object of twenty that the server would refuse: every one is judged, and none is written', async () => {
    // A range of addresses that the cluster does not have: only the cluster knows.
    const service = (index: number) =>
      `apiVersion: v1\nkind: Service\nmetadata: {name: s-${index}}\nspec: {${index === 13 ? 'clusterIP: 203.0.113.7, ' : ''}ports: [{port: 80}]}\n`;
    const files = Array.from({ length: 20 }, (_, index) => [`${index}.yaml`, service(index)] as const);
    const { code, stderr, dry, writes } = await deployed(Object.fromEntries(files));
    figure('K9', `1 invalid of 20 objects: ${dry} verdicts, ${writes} writes`);
    expect(stderr).toMatch(/13\.yaml:1 Service\/s-13: spec\.clusterIPs?/);
    expect({ code, dry, writes }).toEqual({ code: 3, dry: 20, writes: 0 });
  });

  test('what is wrong with the manifests alone is told before anything is asked', async () => {
    const chosen = brokenManifests.filter(({ mistake }) => mistakes.includes(mistake));
    expect(chosen).toHaveLength(mistakes.length);
    let requests = 0;
    for (const { mistake, text, says } of chosen) {
      const { code, stderr, all } = await deployed({ 'a.yaml': text });
      requests += all;
      expect([mistake, code, stderr]).toEqual([mistake, 3, expect.stringMatching(says)]);
    }
    figure(
      'K21, N7',
      `${chosen.length} mistakes (an unknown field, keys that are there twice, too large): ${requests} requests`,
    );
    expect(requests).toBe(0);
  });
});
