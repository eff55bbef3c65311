import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { cli, cliOk } from '../support/cli.ts';
import { lab, labSuite } from '../support/lab.ts';

const run = promisify(execFile);
const app = `mistakes-${randomBytes(3).toString('hex')}`;

labSuite('kubernetes mistakes', ['kubeconfig', 'kubectl', 'pods', 'dockerHost', 'registry'], () => {
  let shop: string;
  const inShop = (timeout?: number) => ({ cwd: shop, env: { KUBECONFIG: lab.kubeconfig! }, timeout });
  const kubectl = (...args: string[]) =>
    run(lab.kubectl!, ['--kubeconfig', lab.kubeconfig!, '-n', app, ...args]);

  beforeAll(async () => {
    shop = await mkdtemp(join(tmpdir(), 'cloudnative-mistakes-'));
    await cliOk(['init', '.', '--name', app], { cwd: shop });
    await cliOk(['new', 'catalog', '--lang', 'go'], { cwd: shop });
    const file = join(shop, 'cloudnative.yaml');
    const settings = { target: 'kubernetes', context: lab.context, namespace: app, host: lab.dockerHost };
    const text = await readFile(file, 'utf8');
    const added = text.replace('environments:\n', `environments:\n  staging: ${JSON.stringify(settings)}\n`);
    await writeFile(file, `${added}registry: ${lab.registry}/${app}\n`);
    await cliOk(['deploy', '-e', 'staging', '--yes'], inShop());
  });
  afterAll(async () => {
    await kubectl('delete', 'namespace', app, '--wait=false', '--ignore-not-found');
    await rm(shop, { recursive: true, force: true });
  });

  it('takes back a key of a list that a hand changed, and names the hand', async () => {
    const edit = '[{"op":"replace","path":"/spec/ports/0/port","value":81}]';
    await kubectl('patch', 'service', 'catalog', '--type=json', '-p', edit);
    const { code, stdout } = await cli(['plan', '-e', 'staging'], inShop());
    expect(stdout).toMatch(/~ Service\/catalog/);
    expect(stdout).toMatch(/81/);
    expect(code).toBe(10);
    await cliOk(['deploy', '-e', 'staging', '--yes'], inShop());
    const { stdout: port } = await kubectl(
      'get',
      'service',
      'catalog',
      '-o',
      'jsonpath={.spec.ports[*].port}',
    );
    expect(port).toBe('80');
  });

  it('still names the manifest when it is the manifest that is wrong', async () => {
    const file = join(shop, 'services/catalog/deploy/kubernetes/service.yaml');
    const text = await readFile(file, 'utf8');
    await kubectl('annotate', 'service', 'catalog', 'note=touched');
    await writeFile(file, text.replace(/port: 80$/m, 'port: 99999'));
    const { code, stderr } = await cli(['plan', '-e', 'staging'], inShop());
    await writeFile(file, text);
    expect(stderr).toMatch(/service\.yaml:\d+:\d+ Service\/catalog: spec\.ports.*99999/);
    expect(code).toBe(3);
  });

  it('wants more than --yes before most of a service goes, and then removes it', async () => {
    const folder = join(shop, 'services/catalog/deploy/kubernetes');
    const lost = ['networkpolicy.yaml', 'pdb.yaml', 'service.yaml', 'serviceaccount.yaml'];
    const aside = await mkdtemp(join(shop, 'aside-'));
    for (const name of lost) await rename(join(folder, name), join(aside, name));
    const deployment = join(folder, 'deployment.yaml');
    const text = await readFile(deployment, 'utf8');
    await writeFile(deployment, text.replace(/^ *serviceAccountName: .*\n/m, ''));
    const { stdout } = await cli(['plan', '-e', 'staging'], inShop());
    expect(stdout).toMatch(/ - Service\/catalog {2}no longer in the manifests\n/);
    expect(stdout).toMatch(/1 to update, 4 to remove\./);
    const { code, stderr } = await cli(['deploy', '-e', 'staging', '--yes'], inShop());
    expect(stderr).toMatch(/4 of 6 resources of catalog would be removed[\s\S]*--allow-removals/);
    expect(code).toBe(4);
    const agreed = await cliOk(['deploy', '-e', 'staging', '--yes', '--allow-removals'], inShop());
    expect(agreed.stderr).toMatch(/Service\/catalog +removed/);
    await expect(kubectl('get', 'service', 'catalog')).rejects.toThrow(/NotFound/);
    for (const name of lost) await rename(join(aside, name), join(folder, name));
    await writeFile(deployment, text);
    await cliOk(['deploy', '-e', 'staging', '--yes'], inShop());
  });

  it('ends at once when a manifest is wrong before the cluster was asked', async () => {
    const services = join(shop, 'services');
    const file = join(services, 'stock/service.yaml');
    await rename(join(services, 'catalog'), join(services, 'stock'));
    const text = await readFile(file, 'utf8');
    await writeFile(file, text.replace(/^name: .*$/m, 'name: stock'));
    // The run is killed after this time: a connection left open would keep it for minutes.
    const { code, stderr } = await cli(['plan', '-e', 'staging'], inShop(30_000));
    expect(stderr).toMatch(/E_MANIFEST/);
    expect(code).toBe(3);
  });

  it('removes the app, and its namespace by a flag of its own that is about the whole app', async () => {
    const one = await cli(['destroy', 'catalog', '-e', 'staging', '--yes', '--delete-namespace'], inShop());
    expect(one.stderr).toMatch(/--delete-namespace removes the whole app/);
    expect(one.code).toBe(2);
    const claim = 'cloudnative.dev/prune=keep';
    await kubectl(
      'annotate',
      'configmap',
      '-l',
      `cloudnative.dev/app=${app},cloudnative.dev/service=catalog`,
      claim,
    );
    const kept = await cliOk(['destroy', '-e', 'staging', '--yes'], inShop());
    expect(kept.stderr).toMatch(/ConfigMap\/catalog-\w+ {2}kept: cloudnative.dev\/prune says so/);
    expect(kept.stderr).toMatch(/is gone from staging, but 1 object of it stays\./);
    const whole = ['destroy', '-e', 'staging', '--yes', '--delete-namespace'];
    const refused = await cli(whole, inShop());
    expect(refused.stderr).toMatch(/E_KEPT/);
    expect(refused.code).toBe(5);
    await kubectl('annotate', 'configmap', '--all', 'cloudnative.dev/prune-');
    await cliOk(whole, inShop());
    await expect(kubectl('get', 'namespace', app)).rejects.toThrow(/NotFound/);
  });

  it('says that there are no logs of what is not there', async () => {
    const { code, stderr } = await cli(['logs', 'stock', '-e', 'staging'], inShop());
    expect(stderr).toMatch(/stock is not deployed to staging/);
    expect(code).toBe(4);
  });
});
