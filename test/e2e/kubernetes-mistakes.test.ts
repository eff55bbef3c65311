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

labSuite('kubernetes mistakes', ['kubeconfig', 'kubectl', 'dockerHost', 'registry'], () => {
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

  it('names the hand that changed a key of a list, not the innocent manifest', async () => {
    const edit = '[{"op":"replace","path":"/spec/ports/0/port","value":81}]';
    await kubectl('patch', 'service', 'catalog', '--type=json', '-p', edit);
    const { code, stderr } = await cli(['plan', '-e', 'staging'], inShop());
    expect(stderr).toMatch(/Service\/catalog does not go together with what kubectl-patch added by hand/);
    expect(stderr).toMatch(/Duplicate value[\s\S]*kubectl delete service catalog/);
    expect(code).toBe(5);
    await kubectl('delete', 'service', 'catalog');
    const { stderr: repaired } = await cliOk(['deploy', '-e', 'staging', '--yes'], inShop());
    expect(repaired).toMatch(/Service\/catalog +created/);
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

  it('says that there are no logs of what is not there', async () => {
    const { code, stderr } = await cli(['logs', 'stock', '-e', 'staging'], inShop());
    expect(stderr).toMatch(/stock is not deployed to staging/);
    expect(code).toBe(4);
  });
});
