import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { selfSigned } from '../integration/kubernetes/support/certificate.ts';
import { type FaultProxy, faultProxy } from '../integration/kubernetes/support/fault-proxy.ts';
import { writeKubeconfig } from '../integration/kubernetes/support/kubeconfig.ts';
import { cli } from '../support/cli.ts';
import { httpProxy } from '../support/forward-proxy.ts';
import { lab, labSuite } from '../support/lab.ts';

const run = promisify(execFile);
/** Nobody on this machine can look it up. */
const elsewhere = 'api.cluster.invalid';

labSuite('proxies on kubernetes', ['kubeconfig', 'kubectl'], () => {
  let namespace: string;
  let folder: string;
  let server: FaultProxy;
  /** Where a tunnel leads to, and the authority that signed what is there. */
  let to: { host: string; port: number };
  let authority: string;
  const open: { close(): unknown }[] = [];
  beforeEach(async () => {
    namespace = `proxies-${randomBytes(3).toString('hex')}`;
    folder = await mkdtemp(join(tmpdir(), 'cloudnative-proxies-'));
    server = await faultProxy(undefined, { tls: true });
    open.push(server);
    to = { host: '127.0.0.1', port: Number(new URL(server.url).port) };
    authority = join(folder, 'authority.pem');
    await writeFile(authority, (await selfSigned()).cert);
    const map = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\ndata: {a: b}\n';
    await writeFile(join(folder, 'settings.yaml'), map);
  });
  afterEach(async () => {
    for (const one of open.splice(0)) await one.close();
    await run(lab.kubectl!, [
      ...['--kubeconfig', lab.kubeconfig!, 'delete', 'namespace', namespace],
      ...['--ignore-not-found', '--wait=false'],
    ]);
    await rm(folder, { recursive: true });
  });

  const command = async (
    name: string,
    env: Record<string, string>,
    cluster: object,
    user?: Record<string, unknown>,
  ) => {
    const kubeconfig = await writeKubeconfig(folder, { cluster: { ...cluster }, user });
    const flags = ['--manifests', folder, '--app', 'shop', '-n', namespace, '--context', lab.context!];
    const none = Object.fromEntries(
      ['HTTPS_PROXY', 'HTTP_PROXY', 'NO_PROXY', 'NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE']
        .flatMap((one) => [one, one.toLowerCase()])
        .map((one) => [one, undefined]),
    );
    const yes = name === 'deploy' || name === 'destroy' ? ['--yes'] : [];
    return cli([name, ...flags, '--kubeconfig', kubeconfig, ...yes], {
      cwd: folder,
      env: { ...none, ...env },
    });
  };
  const unsigned = (address: string) => ({
    server: address,
    'certificate-authority-data': undefined,
    'tls-server-name': '127.0.0.1',
  });

  it('deploys and removes by the proxy of the environment, which it trusts by NODE_EXTRA_CA_CERTS alone', async () => {
    const tls = await selfSigned();
    const proxy = await httpProxy({ to, tls, login: 'me:canary' });
    open.push(proxy);
    const address = `https://me:canary@127.0.0.1:${proxy.port}`;
    const env = { HTTPS_PROXY: address, NODE_EXTRA_CA_CERTS: authority };
    const cluster = unsigned(`https://${elsewhere}`);
    const deployed = await command('deploy', env, cluster);
    expect(deployed).toMatchObject({
      code: 0,
      stderr: expect.stringMatching(/ConfigMap\/settings +created/),
    });
    expect(await command('destroy', env, cluster)).toMatchObject({ code: 0 });
    expect(proxy.tunnels).toEqual([`${elsewhere}:443`, `${elsewhere}:443`]);

    const { code, stdout, stderr } = await command('plan', { HTTPS_PROXY: address }, cluster);
    expect(code).toBe(9);
    expect(stderr).toContain(`through the proxy https://127.0.0.1:${proxy.port} of HTTPS_PROXY`);
    expect(stderr).toMatch(/why +the proxy cannot be reached: self-signed certificate/);
    expect(stderr).toContain('export NODE_EXTRA_CA_CERTS=<file>');
    expect(deployed.stdout + deployed.stderr + stdout + stderr).not.toContain('canary');
  });

  it('tells how a cluster without an authority of its own is trusted', async () => {
    const cluster = unsigned(server.url);
    expect(await command('plan', { NODE_EXTRA_CA_CERTS: authority }, cluster)).toMatchObject({ code: 10 });
    const { code, stderr } = await command('plan', { SSL_CERT_FILE: authority }, cluster);
    expect(code).toBe(9);
    expect(stderr).toMatch(/why +self-signed certificate/);
    expect(stderr).toContain(
      `have the authority of ${server.url} known, by its certificate in PEM: export NODE_EXTRA_CA_CERTS=${authority} (SSL_CERT_FILE is read by kubectl, and not here)`,
    );
  });

  it('says what is wrong with the proxy of the environment, before anything is sent', async () => {
    const { code, stderr } = await command(
      'deploy',
      { https_proxy: 'ftp://me:canary@127.0.0.1:21', no_proxy: 'a.b' },
      unsigned(`https://${elsewhere}`),
    );
    expect(code).toBe(3);
    expect(
      stderr.replace(namespace, 'shop').replace(`context ${lab.context}`, 'context lab'),
    ).toMatchInlineSnapshot(`
      "shop → default (kubernetes, context lab, namespace shop)
      error: the proxy for https://api.cluster.invalid cannot be used  [E_PROXY]
        where  environment variable https_proxy
        why    its scheme is ftp, and has to be http, https or socks5
        try    set it like this: https_proxy=http://proxy.example.com:3128
               write special characters of a user or a password as %XX, e.g. %40 for @
               or, if no proxy is needed: add api.cluster.invalid to no_proxy
      "
    `);
    expect(server.seen).toEqual([]);
  });

  it('hands the environment on to a credential plugin', async () => {
    const plugin = join(folder, 'plugin.sh');
    await writeFile(plugin, '#!/bin/sh\necho "by $HTTPS_PROXY, trusting $NODE_EXTRA_CA_CERTS" >&2\nexit 1\n');
    await chmod(plugin, 0o755);
    const env = { HTTPS_PROXY: 'http://127.0.0.1:1', NODE_EXTRA_CA_CERTS: authority };
    const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: plugin, interactiveMode: 'Never' };
    const { code, stderr } = await command('plan', env, unsigned(`https://${elsewhere}`), { exec });
    expect(code).toBe(6);
    expect(stderr).toContain(`by http://127.0.0.1:1, trusting ${authority}`);
  });
});
