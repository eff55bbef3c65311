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
  const deployed = async (files: Record<string, string>, where = namespace) => {
    const manifests = join(folder, 'manifests');
    await rm(manifests, { recursive: true, force: true });
    await mkdir(manifests);
    for (const [name, text] of Object.entries(files)) await writeFile(join(manifests, name), text);
    proxy.seen.length = 0;
    const place = ['--manifests', 'manifests', '--app', 'shop', '-n', where, '--context', lab.context!];
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

  test('pods that the namespace would refuse which the deploy itself makes: nothing is written, not even that', async () => {
    const missing = `${namespace}-new`;
    const job = `apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: sweep}\nspec:\n  schedule: "0 4 * * *"\n  jobTemplate: {spec: {template: {spec: {restartPolicy: Never, hostNetwork: true, containers: [{name: sweep, image: sweep}]}}}}\n`;
    const pods = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 1
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      securityContext: {runAsNonRoot: true, seccompProfile: {type: RuntimeDefault}}
      containers:
        - name: web
          image: web
          securityContext: {privileged: true}
`;
    const { code, stderr, writes } = await deployed({ 'web.yaml': pods, 'sweep.yaml': job }, missing);
    expect({ code, writes }).toEqual({ code: 3, writes: 0 });
    expect(stderr).toContain(`namespace ${missing} does not exist, and a new one would refuse pods`);
    expect(stderr).toMatch(
      /sweep\.yaml:6:\d+ CronJob\/sweep: spec\.jobTemplate\.spec\.template\.spec\.hostNetwork must not be true/,
    );
    expect(stderr).toMatch(
      /web\.yaml:14:29 Deployment\/web: spec\.template\.spec\.containers\[web\]\.securityContext\.privileged must not be true/,
    );
    expect(stderr).toMatch(/securityContext\.capabilities\.drop must/);
    expect(stderr).toMatch(/try .*\n.*add a Namespace manifest for \S+-new with another label/);
    expect(await kubectl(['get', 'namespace', missing, '--ignore-not-found', '-o', 'name'])).toBe('');

    const idle = pods.replace('replicas: 1', 'replicas: 0');
    const own = `apiVersion: v1\nkind: Namespace\nmetadata: {name: ${missing}, labels: {pod-security.kubernetes.io/enforce: privileged}}\n`;
    try {
      expect(await deployed({ 'web.yaml': idle, 'namespace.yaml': own }, missing)).toMatchObject({ code: 0 });
      // What is there already decides for itself.
      await kubectl([
        'label',
        'namespace',
        missing,
        'pod-security.kubernetes.io/enforce=restricted',
        '--overwrite',
      ]);
      const there = await deployed(
        { 'web.yaml': idle.replace('replicas: 0', 'replicas: 0\n  paused: true') },
        missing,
      );
      expect(there.stderr).toMatch(/Deployment\/web would not pass Pod Security restricted/);
      expect(there.code).toBe(0);
      // What makes no pods yet is no reason to refuse.
      expect(await deployed({ 'web.yaml': idle }, `${missing}-idle`)).toMatchObject({ code: 0 });
    } finally {
      const made = [missing, `${missing}-idle`];
      await kubectl(['delete', 'namespace', ...made, '--ignore-not-found', '--wait=false']);
    }
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
