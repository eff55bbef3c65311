import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cli, cliOk } from '../support/cli.ts';
import { tinyService } from '../support/tiny-service.ts';

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'cloudnative-check-'));
});
afterEach(async () => {
  await rm(home, { recursive: true, force: true });
});
const at = (env: Record<string, string> = {}) => ({ cwd: home, env: { HOME: home, ...env } });

const broken = `apiVersion: apps/v1
kind: Deployment
metadata: {name: orders}
spec:
  replicas: "2"
  selector: {matchLabels: {app: orders}}
  template:
    metadata: {labels: {app: orders}}
    spec:
      containers:
        - {name: orders, image: orders, comand: [a]}
---
apiVersion: v1
kind: Service
metadata: {name: orders}
spec:
  selector: {app: order}
  ports: [{port: 80}]
---
apiVersion: v1
kind: ConfigMap
metadata: {name: orders}
data:
  a: b
  a: c
---
apiVersion: example.com/v1
kind: Widget
metadata: {name: a}
`;

describe('check', () => {
  it('shows every problem of a folder with its place, and ends with 3', async () => {
    await mkdir(join(home, 'deploy'));
    await writeFile(join(home, 'deploy/all.yaml'), broken);
    const { code, stdout, stderr } = await cli(['check', '--manifests', 'deploy'], at());
    expect(stdout).toMatchInlineSnapshot(`
      "  ✗ deploy/all.yaml:5:3
            Deployment/orders spec.replicas must be a whole number, is text: leave the
            quotes out
        ✗ deploy/all.yaml:11:41
            Deployment/orders spec.template.spec.containers[orders].comand is an
            unknown field, did you mean command?
        ! deploy/all.yaml:17:3
            Service/orders spec.selector (app=order) selects no pods of these
            manifests
        ✗ deploy/all.yaml:25:3
            the key "a" is given twice, first in line 24
        =   Widget in example.com/v1 is not judged: its definition is not among these
            manifests

      3 objects in 1 file: 3 errors, 1 warning
      "
    `);
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
    expect(stderr).toMatch(/^error: the manifests have 3 errors {2}\[E_MANIFEST\]/);
    expect(code).toBe(3);
  });

  it('is one document in JSON, which holds the problems also when it fails', async () => {
    await writeFile(join(home, 'all.yaml'), broken);
    const { code, stdout } = await cli(['check', '--manifests', '.', '-o', 'json'], at());
    const document = JSON.parse(stdout);
    expect(document).toMatchObject({ command: 'check', ok: false, error: { code: 'E_MANIFEST' } });
    expect(document.data).toMatchObject({ objects: 3, files: 1, errors: 3 });
    expect(document.data.problems).toContainEqual({
      severity: 'error',
      rule: 'unknown-field',
      file: 'all.yaml',
      line: 11,
      column: 41,
      object: 'Deployment/orders',
      field: 'spec.template.spec.containers[orders].comand',
      message: 'is an unknown field, did you mean command?',
    });
    expect(code).toBe(3);
  });

  it('refuses pods below a level when asked to, and else warns of them', async () => {
    const pod = 'apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: a, image: a}]}\n';
    await writeFile(join(home, 'pod.yaml'), pod);
    const run = (...args: string[]) => cli(['check', '--manifests', '.', ...args], at());
    const warned = await run();
    expect(warned.stdout).toMatch(/allowPrivilegeEscalation must be\s+false \(Pod Security restricted\)/);
    expect(warned).toMatchObject({ code: 0, stderr: '' });
    expect(await run('--pod-security', 'baseline')).toMatchObject({ code: 0 });
    expect(await run('--pod-security', 'restricted')).toMatchObject({ code: 3 });
    const namespace = (level: string) =>
      `---\napiVersion: v1\nkind: Namespace\nmetadata: {name: shop, labels: {pod-security.kubernetes.io/enforce: ${level}}}\n`;
    const inShop = pod.replace('{name: a}', '{name: a, namespace: shop}');
    await writeFile(join(home, 'pod.yaml'), inShop + namespace('restricted'));
    expect(await run()).toMatchObject({ code: 3 });
    await writeFile(join(home, 'pod.yaml'), inShop + namespace('baseline'));
    expect(await run()).toMatchObject({ code: 0, stdout: expect.stringMatching(/nothing is wrong/) });
  });

  it.each(['ts', 'go', 'python'])('finds nothing wrong with a new service in %s', async (language) => {
    await cliOk(['init', '.', '--name', 'shop'], at());
    await cliOk(['new', 'catalog', '--lang', language], at());
    await cliOk(['new', 'orders', '--lang', language, '--calls', 'catalog'], at());
    const { stdout } = await cliOk(['check', '--pod-security', 'restricted'], at());
    expect(stdout).toMatch(/^✓ \d+ objects in \d+ files: nothing is wrong\n$/);
    expect((await cliOk(['check', 'orders'], at())).stdout).toMatch(/nothing is wrong/);
  });

  it('never shows what a Secret or a variable holds', async () => {
    const text = [
      'apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ndata: {password: "canary!"}\nstringData: {b: [canary]}\n',
      'apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: a, image: a, env: [{name: A, value: {canary: 1}}, {name: A, value: canary}]}]}\n',
    ];
    await writeFile(join(home, 'secret.yaml'), text.join('---\n'));
    for (const output of ['table', 'json']) {
      const { code, stdout, stderr } = await cli(['check', '--manifests', '.', '-o', output], at());
      expect(stdout + stderr).not.toMatch(/canary/);
      expect(code).toBe(3);
    }
  });

  it('says what is missing, or makes no sense', async () => {
    const missing = await cli(['check', '--manifests', 'nowhere'], at());
    expect(missing).toMatchObject({ code: 4, stderr: expect.stringMatching(/E_NO_MANIFESTS/) });
    const both = await cli(['check', 'orders', '--manifests', '.'], at());
    expect(both).toMatchObject({ code: 2, stderr: expect.stringMatching(/no services to choose from/) });
  });
});

describe.each(['plan', 'deploy'])('%s', (command) => {
  it('stops at a wrong manifest before anything is asked of the cluster, the engine or the registry', async () => {
    const folder = await tinyService(join(home, 'services'), 'orders');
    await mkdir(join(folder, 'deploy/kubernetes'), { recursive: true });
    await writeFile(join(folder, 'deploy/kubernetes/all.yaml'), broken);
    let connections = 0;
    const server = createServer((socket) => {
      connections++;
      socket.destroy();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    await writeFile(join(home, 'kubeconfig'), kubeconfig(port));
    const environment = `{target: kubernetes, context: near, namespace: shop, host: "tcp://127.0.0.1:${port}"}`;
    const text = `version: 1\nname: shop\nservices: [services/*]\nregistry: 127.0.0.1:${port}/shop\nenvironments: {staging: ${environment}}\ndefaultEnvironment: staging\n`;
    await writeFile(join(home, 'cloudnative.yaml'), text);
    try {
      const env = { KUBECONFIG: join(home, 'kubeconfig') };
      const { code, stderr } = await cli([command, ...(command === 'deploy' ? ['--yes'] : [])], at(env));
      expect(stderr).toMatch(/E_MANIFEST/);
      expect(stderr).toMatch(
        /all\.yaml:11:41 Deployment\/orders: spec\.template\S+\.comand is an unknown field/,
      );
      expect(code).toBe(3);
      expect(connections).toBe(0);
    } finally {
      server.close();
    }
  });
});

const kubeconfig = (port: number) => `apiVersion: v1
kind: Config
clusters: [{name: near, cluster: {server: "http://127.0.0.1:${port}"}}]
users: [{name: nobody, user: {token: not-a-secret}}]
contexts: [{name: near, context: {cluster: near, user: nobody}}]
current-context: near
`;
