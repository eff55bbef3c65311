import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Plan } from '../../src/core/change.ts';
import { leaseName } from '../../src/targets/kubernetes/lock/leases.ts';
import { cli, cliOk, root } from '../support/cli.ts';
import { lab, labSuite } from '../support/lab.ts';

const run = promisify(execFile);
const fixtures = join(root, 'test/fixtures/kubernetes/folders');

labSuite('folders on kubernetes', ['kubeconfig', 'kubectl', 'pods', 'registry'], () => {
  let namespace: string;
  let folder: string;
  beforeEach(async () => {
    namespace = `folders-${randomBytes(3).toString('hex')}`;
    folder = await mkdtemp(join(tmpdir(), 'cloudnative-folders-'));
    await cp(fixtures, folder, { recursive: true });
    // What is in no namespace must not meet that of another test.
    await edit('blog/serving.yaml', 'serving.blog', `serving.${namespace}`);
  });
  afterEach(async () => {
    await kubectl('delete', 'crd', `services.serving.${namespace}.example.com`, '--ignore-not-found');
    await kubectl('delete', 'namespace', namespace, '--ignore-not-found', '--wait=false');
    await rm(folder, { recursive: true });
  });

  const edit = async (file: string, from: string, to: string) => {
    const text = await readFile(join(folder, file), 'utf8');
    await writeFile(join(folder, file), text.replaceAll(from, to));
  };
  const options = () => ({ cwd: folder, env: { KUBECONFIG: lab.kubeconfig!, PATH: process.env.PATH } });
  const flags = (manifests: string, app = 'blog') => [
    ...['--manifests', manifests, '--app', app],
    ...['-n', namespace, '--context', lab.context!],
  ];
  const command = (name: string, manifests: string, ...more: string[]) =>
    cli([name, ...flags(manifests), ...more], options());
  const ok = (name: string, manifests: string, ...more: string[]) =>
    cliOk([name, ...flags(manifests), ...more], options());
  const kubectl = async (...args: string[]) =>
    (await run(lab.kubectl!, ['--kubeconfig', lab.kubeconfig!, ...args])).stdout;
  const names = async (kinds: string) =>
    (await kubectl('get', kinds, '-n', namespace, '-o', 'name')).trim().split('\n').sort();
  const plan = async (manifests: string) => {
    const { stdout, stderr } = await command('plan', manifests, '-o', 'json');
    const { ok: sound, data } = JSON.parse(stdout) as { ok: boolean; data: Plan };
    if (!sound) throw new Error(stderr);
    return data.changes.filter(({ action }) => action !== 'none');
  };
  /** What an adoption must leave as it is: the pods, and what they are made from. */
  const running = async () => [
    await kubectl('get', 'pods', '-n', namespace, '-o', 'jsonpath={.items[*].metadata.uid}'),
    await kubectl('get', 'deployment/blog', '-n', namespace, '-o', 'jsonpath={.metadata.generation}'),
  ];

  it('tells what there is of an app without workloads', async () => {
    const map = (name: string) => `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\n`;
    await mkdir(join(folder, 'rules'));
    await writeFile(join(folder, 'rules/maps.yaml'), ['a', 'b', 'c'].map(map).join('---\n'));
    const told = async (name: string, ...more: string[]) => {
      const { code, stdout, stderr } = await cli([name, ...more, ...flags('rules', 'rules')], options());
      return `${code} ${stdout}${stderr}`.replaceAll(namespace, 'shop').replaceAll(lab.context!, 'lab');
    };
    expect(await told('status')).toMatchInlineSnapshot(`
      "0 rules on default (kubernetes, context lab, namespace shop)

        service  ready         image  restarts  since  address
        rules    not deployed
      "
    `);
    expect(await told('logs')).toMatch(/^4 error: rules is not deployed to default {2}\[E_NOT_DEPLOYED\]/);
    await ok('deploy', 'rules', '--app', 'rules', '--yes');
    expect((await told('status')).replace(/ by \S+ \S+ ago/, ' by me 1s ago')).toMatchInlineSnapshot(`
      "0 rules on default (kubernetes, context lab, namespace shop)
      release 1 by me 1s ago

        service  ready     image  restarts  since  address
        rules    deployed

        rules: 3 objects, no workloads

      drift: none
      "
    `);
    expect(await told('logs')).toMatchInlineSnapshot(`
      "4 error: rules has nothing that writes logs  [E_NO_WORKLOADS]
        where  rules, environment default
        why    rules is deployed: 3 objects, no workloads
        try    cloudnative status --manifests rules --app rules -n shop --context lab
      "
    `);
    expect(await told('forward', 'rules')).toMatch(
      /^4 error: rules has nothing that a port could lead to {2}\[E_NO_WORKLOADS\]/,
    );
    const { stdout } = await cli(['status', ...flags('rules', 'rules'), '-o', 'json'], options());
    expect(JSON.parse(stdout).data).toMatchObject({
      release: { number: 1 },
      services: [],
      quiet: [{ service: 'rules', what: '3 objects, no workloads' }],
      absent: [],
    });
    await ok('destroy', 'rules', '--app', 'rules', '--yes');
    expect(await told('status')).toContain('not deployed');
  });

  it('deploys plain files as they are, tells how they run, and removes them', async () => {
    const { stderr } = await ok('deploy', 'blog', '--yes');
    expect(stderr).toMatch(new RegExp(`Namespace/${namespace} +created`));
    expect(stderr).toMatch(/Service\/blog +created/);
    expect(stderr).toMatch(/blog is live on default: \d+ objects ready\./);
    expect(stderr).not.toContain('Warning');
    expect(stderr).toMatch(/Service\.serving\.\S+\/blog +created/);
    expect(await names('role,rolebinding')).toEqual([
      'role.rbac.authorization.k8s.io/Blog:ConfigReader',
      'rolebinding.rbac.authorization.k8s.io/Blog:ConfigReader',
    ]);
    const data = await kubectl('get', 'configmap/blog.settings', '-n', namespace, '-o', 'jsonpath={.data}');
    expect(JSON.parse(data)).toEqual({
      LogLevel: 'Info',
      'application.Properties': 'Title=My Blog\n---\non: yes\n',
    });
    const image = '-o=jsonpath={.spec.template.spec.containers[0].image}';
    expect(await kubectl('get', 'deployment/blog', '-n', namespace, image)).toBe('node:24-slim');
    expect(await command('plan', 'blog')).toMatchObject({ code: 0 });
    const again = await ok('deploy', 'blog'); // asks nothing, since there is nothing to do
    expect(again.stderr).toMatch(/Nothing to do/);

    const status = await ok('status', 'blog');
    expect(status.stdout).toMatch(/ +blog +1\/1 ✓/);
    expect((await ok('logs', 'blog')).stdout).toMatch(/^blog-\S+ +Info\n$/);
    const { stdout } = await run(lab.kubectl!, [
      '--kubeconfig',
      lab.kubeconfig!,
      'get',
      'deploy,rs,pod',
      '-n',
      namespace,
      '-o',
      'yaml',
    ]);
    await writeFile(join(folder, 'live.yaml'), stdout);
    const judged = await cli(['status', '-f', 'live.yaml'], options());
    expect(judged).toMatchObject({ code: 0, stdout: expect.stringMatching(/\n3 ready\.\n$/) });

    const destroyed = await ok('destroy', 'blog', '--yes');
    expect(destroyed.stderr).toMatch(/blog is gone/);
    // The definition stays, with what others may have made of it, and so does the record that names it.
    expect(await names('all,configmap,role,rolebinding,pdb')).toEqual([
      'configmap/cloudnative.blog.default',
      'configmap/kube-root-ca.crt',
    ]);
    await ok('destroy', 'blog', '--prune-kind', 'CustomResourceDefinition', '--yes');
    expect(await names('configmap')).toEqual(['configmap/kube-root-ca.crt']);
    const definition = `crd/services.serving.${namespace}.example.com`;
    expect(await kubectl('get', definition, '-o', 'name', '--ignore-not-found')).toBe('');
  });

  it('adopts what others applied, without touching a pod', async () => {
    const ways = [['apply', '--server-side'], ['create']];
    for (const how of ways) {
      await kubectl('delete', 'crd', `services.serving.${namespace}.example.com`, '--ignore-not-found');
      await kubectl('delete', 'namespace', namespace, '--ignore-not-found');
      await kubectl('create', 'namespace', namespace);
      await kubectl('apply', '-f', join(folder, 'blog/serving.yaml')).catch(() => undefined); // the definition alone
      await kubectl('wait', '--for=condition=Established', `crd/services.serving.${namespace}.example.com`);
      await kubectl(
        ...how,
        '-n',
        namespace,
        '-f',
        join(folder, 'blog/00-config.yaml'),
        '-f',
        join(folder, 'blog/app.yml'),
      );
      await kubectl('rollout', 'status', 'deployment/blog', '-n', namespace);
      const before = await running();

      const deployment = (await plan('blog')).find(({ id }) => id === 'Deployment/blog')!;
      expect(deployment.action).toBe('update');
      expect(
        deployment.fields.map(({ path }) => path).filter((path) => !path.startsWith('metadata.labels')),
      ).toEqual([]);
      await ok('deploy', 'blog', '--yes');
      expect(await running()).toEqual(before);
      expect(await plan('blog')).toEqual([]);
    }
  });

  it('leaves what differs to whom it belongs, and says so', async () => {
    await kubectl('create', 'namespace', namespace);
    await edit('blog/00-config.yaml', 'LogLevel: Info', 'LogLevel: Debug');
    await kubectl('apply', '--server-side', '-n', namespace, '-f', join(folder, 'blog/00-config.yaml'));
    await edit('blog/00-config.yaml', 'LogLevel: Debug', 'LogLevel: Info');
    const { code, stderr } = await command('deploy', 'blog', '--yes');
    expect(stderr).toMatch(/ConfigMap\/blog\.settings data\.LogLevel = Debug/);
    expect(code).toBe(5);
    expect(await names('deployment,role')).toEqual(['role.rbac.authorization.k8s.io/Blog:ConfigReader']);
  });

  it('reads subfolders when asked', async () => {
    await rm(join(folder, 'blog/app.yml'));
    await rm(join(folder, 'blog/serving.yaml'));
    expect((await ok('deploy', 'blog', '--yes')).stderr).not.toMatch(/banner/);
    expect((await ok('deploy', 'blog', '-R', '--yes')).stderr).toMatch(/ConfigMap\/banner +created/);
  });

  it('renders a kustomization', async () => {
    await ok('deploy', 'kustomized/prod', '--yes');
    const image = '-o=jsonpath={.spec.template.spec.containers[0].image}';
    expect(await kubectl('get', 'deployment/prod-shop', '-n', namespace, image)).toBe(
      'registry.example.com/shop:7',
    );
    expect(await command('plan', 'kustomized/prod')).toMatchObject({ code: 0 });
  });

  it('refuses what it could not keep to, before it writes anything', async () => {
    await edit('blog/app.yml', 'metadata: {name: blog}', 'metadata: {name: blog, namespace: kube-system}');
    const foreign = await command('deploy', 'blog', '--yes');
    expect(foreign.stderr).toMatch(
      new RegExp(`app\\.yml:1 Service/blog is for namespace kube-system, this deploy is for ${namespace}`),
    );
    expect(foreign.stderr).toMatch(/--manifests <folder> --app <name> -n kube-system/);
    expect(foreign.code).toBe(3);
    await edit('blog/app.yml', 'name: blog, namespace: kube-system', 'generateName: blog-');
    expect(await command('deploy', 'blog', '--yes')).toMatchObject({
      code: 3,
      stderr: expect.stringMatching(/app\.yml:1 Service has generateName/),
    });
    await kubectl('create', 'namespace', namespace);
    await edit('blog/app.yml', 'generateName: blog-', 'name: Blog');
    expect(await command('deploy', 'blog', '--yes')).toMatchObject({
      code: 3,
      stderr: expect.stringMatching(/app\.yml:\d+:\d+ Service\/Blog: metadata\.name is "Blog"/),
    });
    expect(await names('all,configmap')).toEqual(['configmap/kube-root-ca.crt']);
    const part = await cli(['plan', '--manifests', 'blog', '--app', 'blog'], options());
    expect(part).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/add -n <namespace> --context <context>/),
    });
    expect(await command('plan', 'nowhere')).toMatchObject({
      code: 4,
      stderr: expect.stringMatching(/E_NO_MANIFESTS/),
    });
  });

  it('counts what is there, and suggests commands that lead to the same cluster', async () => {
    const kubeconfig = ['--kubeconfig', lab.kubeconfig!];
    const manifest = (name: string) =>
      `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\ndata: {a: b}\n`;
    const write = (names: string[]) =>
      writeFile(join(folder, 'blog/app.yml'), names.map(manifest).join('---\n'));
    for (const file of await readdir(join(folder, 'blog')))
      await rm(join(folder, 'blog', file), { recursive: true });
    const deploy = async () =>
      (await cliOk(['deploy', ...flags('blog'), ...kubeconfig, '--yes'], { ...options(), env: {} })).stderr;
    await write(['one', 'two', 'three']);
    expect(await deploy()).toMatch(/: 4 objects ready\./); // with the namespace
    await write(['one', 'two']);
    const told = await deploy();
    expect(told).toMatch(/: 2 objects ready\./);
    expect(told).toContain(
      `  cloudnative status ${flags('blog').join(' ')} --kubeconfig ${lab.kubeconfig!}\n`,
    );
  });

  it('takes the lock from a run that is dead', async () => {
    await kubectl('create', 'namespace', namespace);
    const name = leaseName({ app: 'blog', environment: 'default' });
    const spec = {
      holderIdentity: 'somebody',
      leaseDurationSeconds: 3600,
      renewTime: '2020-01-01T00:00:00.000000Z',
    };
    const metadata = { name, namespace };
    const lease = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata, spec };
    await writeFile(join(folder, 'lease.json'), JSON.stringify(lease));
    await kubectl('create', '-f', join(folder, 'lease.json'));
    const unlock = () => cliOk(['unlock', ...flags('blog'), '--yes'], options());
    expect((await unlock()).stderr).toMatch(/blog on default is not locked any more/);
    expect((await unlock()).stderr).toMatch(/blog on default is not locked/);
    expect(await kubectl('get', 'leases', '-n', namespace, '-o', 'name')).toBe('');
  });
});
