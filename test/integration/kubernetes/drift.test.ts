import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cliOk } from '../../support/cli.ts';
import { lab, labSuite } from '../../support/lab.ts';
import { writeKubeconfig } from './support/kubeconfig.ts';
import { kubectl } from './support/kubectl.ts';

const manifests = `apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
data: {LEVEL: info}
---
apiVersion: v1
kind: Secret
metadata: {name: password}
stringData: {word: first-secret}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{name: http, port: 80}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 0
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: registry.example.com/web:1, readinessProbe: {tcpSocket: {port: 80}}}]}
`;

interface Shown {
  drift?: { release: number; resources: object[]; back?: string; unknown?: string };
}

labSuite('kubernetes target', ['kubeconfig', 'kubectl'], () => {
  const namespace = `drift-${process.pid}`;
  const place = ['--manifests', 'manifests', '--app', 'web', '-n', namespace, '--context', lab.context!];
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'cloudnative-drift-'));
    await mkdir(join(folder, 'manifests'));
    await writeFile(join(folder, 'manifests/all.yaml'), manifests);
  });
  afterAll(async () => {
    await kubectl(['delete', 'namespace', namespace, '--ignore-not-found', '--wait=false']);
    await rm(folder, { recursive: true });
  });

  const run = (args: readonly string[], kubeconfig = lab.kubeconfig!) =>
    cliOk(args, { cwd: folder, env: { KUBECONFIG: kubeconfig } });
  const drift = async (kubeconfig?: string) =>
    (JSON.parse((await run(['status', ...place, '-o', 'json'], kubeconfig)).stdout) as { data: Shown }).data
      .drift;

  test('status tells what is not as the release gave it, and the command it names sets it back', async () => {
    await run(['deploy', '--yes', ...place]);
    expect(await drift()).toEqual({ release: 1, resources: [] });

    // What a deploy has not set is nobody's drift.
    await kubectl(['label', 'service', 'web', 'team=shop', '-n', namespace]);
    expect(await drift()).toEqual({ release: 1, resources: [] });
    await kubectl(['label', 'service', 'web', 'team-', '-n', namespace]);

    await kubectl(['scale', 'deployment', 'web', '--replicas=3', '-n', namespace]);
    await kubectl(['delete', 'service', 'web', '-n', namespace]);
    const word = Buffer.from('second-secret').toString('base64');
    await kubectl(['patch', 'secret', 'password', '-n', namespace, '-p', `{"data":{"word":"${word}"}}`]);
    const { stdout } = await run(['status', ...place]);
    expect(stdout).not.toMatch(/first-secret|second-secret/);
    expect(stdout).not.toContain(word);
    expect(stdout.slice(stdout.indexOf('drift'))).toMatch(
      new RegExp(
        [
          'drift from release 1:',
          '  Deployment/web  kubectl scale changed spec.replicas',
          '    spec.replicas: 3, released as 0',
          '  Secret/password  kubectl-patch changed data.word .* ago',
          '    data.word  differs',
          '  Service/web  is gone',
          `to set it back: (cloudnative rollback --to 1 .*)\n$`,
        ].join('\n'),
      ),
    );
    const found = await drift();
    expect(found!.resources).toHaveLength(3);
    expect(JSON.stringify(found)).not.toContain(word);

    const [, ...back] = found!.back!.split(' ');
    await run([...back, '--yes']);
    expect(await drift()).toEqual({ release: 2, resources: [] });
  }, 120_000);

  test('who may not read the releases is told no drift, and who may not write why it is not known', async () => {
    await kubectl(['create', 'serviceaccount', 'viewer', '-n', namespace]);
    const user = `--serviceaccount=${namespace}:viewer`;
    await kubectl(['create', 'rolebinding', 'viewer', '--clusterrole=view', user, '-n', namespace]);
    const token = (await kubectl(['create', 'token', 'viewer', '-n', namespace])).trim();
    const limited = await writeKubeconfig(folder, { user: { token } });
    expect(await drift(limited)).toBeUndefined();

    const role = ['create', 'role', 'secrets', '--verb=get,list', '--resource=secrets', '-n', namespace];
    await kubectl(role);
    await kubectl(['create', 'rolebinding', 'secrets', '--role=secrets', user, '-n', namespace]);
    expect(await drift(limited)).toMatchObject({ resources: [] });
    await kubectl(['scale', 'deployment', 'web', '--replicas=2', '-n', namespace]);
    expect((await drift(limited))!.unknown).toMatch(/may not patch deployments\.apps/);
  }, 120_000);
});
