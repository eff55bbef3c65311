import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cli } from '../support/cli.ts';
import { lab, labSuite } from '../support/lab.ts';
import { tinyService } from '../support/tiny-service.ts';

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'cloudnative-bad-'));
});
afterEach(async () => {
  await rm(home, { recursive: true, force: true });
});
const at = (cwd: string, env: Record<string, string> = {}) => ({ cwd, env: { HOME: home, ...env } });

describe('a wrong command line', () => {
  it.each([
    [['deploi'], /unknown command "deploi"[\s\S]*cloudnative deploy /],
    [['deploy', '--tiemout', '5s'], /unknown option "--tiemout"[\s\S]*--timeout/],
    [['deploy', '--timeout', 'soon'], /expected a duration/],
    [['new', 'orders', '--lang', 'cobol'], /Allowed choices are ts, go/],
    [['logs', '--tail', 'all'], /expected a number of lines/],
    [['help', 'deploi'], /unknown command "deploi"/],
    [['new'], /needs the name of the service/],
  ])('%j ends with 2 and help', async (args, message) => {
    const result = await cli(args, at(home));
    expect(result.stderr).toMatch(message);
    expect(result).toMatchObject({ code: 2, stdout: '' });
  });

  it('is explained as JSON too', async () => {
    const { code, stdout } = await cli(['deploy', '-o', 'json', '--nonsense'], at(home));
    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({
      version: 1,
      command: 'deploy',
      ok: false,
      error: { code: 'E_USAGE' },
    });
  });
});

describe('a wrong file', () => {
  it('names every problem of every file at once, with its place and what was meant', async () => {
    const folder = await tinyService(join(home, 'services'), 'orders', {
      more: 'prots: {http: 8080}\ncalls: [catalgo]\n',
    });
    await tinyService(join(home, 'services'), 'catalog');
    await writeFile(
      join(home, 'cloudnative.yaml'),
      'version: 1\nname: shop\nservices: [services/*]\nregistri: x\nenvironments: {local: {target: process}}\n',
    );
    const { code, stderr } = await cli(['plan'], at(folder));
    expect(stderr).toMatch(/cloudnative\.yaml:4:1 .*registri.*registry/);
    expect(stderr).toMatch(/service\.yaml:4:1 .*prots.*ports/);
    expect(stderr).toMatch(/service\.yaml:5:\d+ .*catalgo.*catalog/);
    expect(code).toBe(3);
  });

  it('says where YAML is broken', async () => {
    const folder = await tinyService(home, 'orders');
    await writeFile(join(folder, 'service.yaml'), 'name: orders\nrun: [node, server.js\nlanguage: ts\n');
    const { code, stderr } = await cli(['status'], at(folder));
    expect(stderr).toMatch(/service\.yaml:\d+:\d+/);
    expect(code).toBe(3);
  });

  it('says that there is no workspace, and how to make one', async () => {
    const { code, stderr } = await cli(['deploy'], at(home));
    expect(stderr).toMatch(/cloudnative init/);
    expect(code).toBe(4);
  });
});

describe('a place that does not answer', () => {
  it('ends with 9 when there is no Docker', async () => {
    const folder = await tinyService(home, 'orders');
    const { code, stderr } = await cli(
      ['deploy', '-e', 'docker'],
      at(folder, { DOCKER_HOST: `unix://${home}/none.sock` }),
    );
    expect(stderr).toMatch(/none\.sock/);
    expect(code).toBe(9);
  });

  it('ends with 9 when the cluster is unreachable', async () => {
    await tinyService(join(home, 'services'), 'orders');
    await writeFile(join(home, 'cloudnative.yaml'), kubernetesWorkspace);
    await writeFile(join(home, 'kubeconfig'), deadKubeconfig);
    const { code, stderr } = await cli(
      ['status', '-e', 'staging'],
      at(home, { KUBECONFIG: join(home, 'kubeconfig') }),
    );
    expect(stderr).toMatch(/127\.0\.0\.1:1\b/);
    expect(stderr).toMatch(/dead/);
    expect(code).toBe(9);
  });

  it('ends with 4 when the pinned context does not exist, and never takes the current one', async () => {
    await tinyService(join(home, 'services'), 'orders');
    await writeFile(
      join(home, 'cloudnative.yaml'),
      kubernetesWorkspace.replace('context: dead', 'context: deat'),
    );
    await writeFile(join(home, 'kubeconfig'), deadKubeconfig);
    const { code, stderr } = await cli(
      ['status', '-e', 'staging'],
      at(home, { KUBECONFIG: join(home, 'kubeconfig') }),
    );
    expect(stderr).toMatch(/deat[\s\S]*dead/);
    expect(code).toBe(4);
  });
});

describe('a service that does not start', () => {
  const deployed: string[] = [];
  afterEach(async () => {
    for (const folder of deployed.splice(0)) await cli(['destroy'], at(folder));
  });
  const deploy = (folder: string, ...flags: string[]) => {
    deployed.push(folder);
    return cli(['deploy', ...flags], at(folder));
  };

  it('shows the failing step and the end of its output, and starts nothing', async () => {
    const failing = [
      'node',
      '-e',
      'console.log("compiling"); console.error("no such symbol"); process.exit(3)',
    ];
    const folder = await tinyService(home, 'orders', { build: [failing] });
    const { code, stderr } = await deploy(folder);
    expect(stderr).toMatch(/no such symbol/);
    expect(stderr).toMatch(/E_BUILD_FAILED/);
    expect(code).toBe(1);
    expect((await cli(['status'], at(folder))).stdout).toMatch(/not deployed/);
  });

  it('shows why it crashes', async () => {
    const folder = await tinyService(home, 'orders', {
      program: 'console.error("DATABASE_URL is not set"); process.exit(1);',
    });
    const { code, stderr } = await deploy(folder);
    expect(stderr).toMatch(/exits with code 1/);
    expect(stderr).toMatch(/DATABASE_URL is not set/);
    expect(code).toBe(1);
  });

  it('gives up after the timeout when it never becomes ready', async () => {
    const program = `require('node:http').createServer((_, r) => { r.statusCode = 503; r.end(); }).listen(+process.env.HTTP_PORT, '127.0.0.1')`;
    const folder = await tinyService(home, 'orders', { program });
    const started = Date.now();
    const { code, stderr } = await deploy(folder, '--timeout', '2s');
    expect(stderr).toMatch(/503/);
    expect(code).toBe(7);
    expect(Date.now() - started).toBeLessThan(20_000);
  });

  it('names the port that somebody else has', async () => {
    const server = await new Promise<Server>((resolve) => {
      const one = createServer().listen(0, '127.0.0.1', () => resolve(one));
    });
    const { port } = server.address() as { port: number };
    try {
      await tinyService(join(home, 'services'), 'orders');
      const environments = `{local: {target: process, services: {orders: {ports: {http: ${port}}}}}}`;
      await writeFile(
        join(home, 'cloudnative.yaml'),
        `version: 1\nname: shop\nservices: [services/*]\nenvironments: ${environments}\ndefaultEnvironment: local\n`,
      );
      const { code, stderr } = await deploy(home);
      expect(stderr).toContain(String(port));
      expect(stderr).toMatch(/E_PORT_TAKEN/);
      expect(code).toBe(4);
    } finally {
      server.close();
    }
  });
});

labSuite('system faults', ['faults'], () => {
  it('says that the disk is full, and goes on from there when it no longer is', async () => {
    const folder = await tinyService(home, 'orders');
    const full = ['strace', '-f', '-qq', '-o', '/dev/null', '-e', 'inject=fsync:error=ENOSPC'];
    const { code, stderr } = await cli(['deploy'], { ...at(folder), wrap: full });
    expect(stderr).toMatch(
      /error: the system refuses to fsync {2}\[E_SYSTEM\]\n +where .*\.cloudnative\/.*\n +why .*ENOSPC.*\n +try +free/,
    );
    expect(code).toBe(1);
    expect((await cli(['deploy'], at(folder))).code).toBe(0);
    await cli(['destroy'], at(folder));
  });
});

labSuite('registry login', ['dockerHost', 'registryAuth'], () => {
  it('ends with 6 when the registry does not take the password, and never shows it', async () => {
    const { host } = lab.registryAuth!;
    const folder = await tinyService(join(home, 'services'), 'orders');
    const environments = '{docker: {target: docker}}';
    const text = `version: 1\nname: shop\nservices: [services/*]\nregistry: ${host}/shop\nenvironments: ${environments}\ndefaultEnvironment: docker\n`;
    await writeFile(join(home, 'cloudnative.yaml'), text);
    const auth = Buffer.from('lab:wrong-canary').toString('base64');
    await writeFile(join(home, 'config.json'), JSON.stringify({ auths: { [host]: { auth } } }));
    const env = { DOCKER_HOST: lab.dockerHost!, DOCKER_CONFIG: home };
    const { code, stdout, stderr } = await cli(['push', '-o', 'json'], at(folder, env));
    expect(stderr).toMatch(/E_REGISTRY_AUTH/);
    expect(stderr).toContain(`docker login ${host}`);
    expect(stdout + stderr).not.toMatch(/wrong-canary|bGFiOndyb25n/);
    expect(JSON.parse(stdout)).toMatchObject({ ok: false, error: { code: 'E_REGISTRY_AUTH' } });
    expect(code).toBe(6);
  });
});

describe('new', () => {
  it.each(['../x', '/tmp/x', '.git', 'CON', 'a.', 'x'.repeat(300), '\u202eorders', 'Orders', 'or_ders', ''])(
    'refuses the name %j and writes nothing',
    async (name) => {
      const before = await readdir(home);
      const { code } = await cli(['new', '--lang', 'ts', '--', name], at(home));
      expect(code).toBe(2);
      expect(await readdir(home)).toEqual(before);
    },
  );

  it('never overwrites', async () => {
    await tinyService(home, 'orders');
    const before = await readFile(join(home, 'orders/service.yaml'), 'utf8');
    const { code, stderr } = await cli(['new', 'orders', '--lang', 'go'], at(home));
    expect(stderr).toMatch(/E_EXISTS/);
    expect(code).toBe(5);
    expect(await readFile(join(home, 'orders/service.yaml'), 'utf8')).toBe(before);
    expect(await readdir(join(home, 'orders'))).toEqual(['Dockerfile', 'server.js', 'service.yaml']);
  });
});

const kubernetesWorkspace = `version: 1
name: shop
services: [services/*]
registry: 127.0.0.1:1/shop
environments:
  staging: {target: kubernetes, context: dead, namespace: shop}
defaultEnvironment: staging
`;

const deadKubeconfig = `apiVersion: v1
kind: Config
clusters: [{name: dead, cluster: {server: "https://127.0.0.1:1"}}]
users: [{name: nobody, user: {token: not-a-secret}}]
contexts: [{name: dead, context: {cluster: dead, user: nobody}}]
current-context: dead
`;
