import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { resolveDockerAddress } from '../../../src/system/docker-address.ts';
import { openDockerEngine } from '../../../src/system/docker-engine.ts';
import { engineFailure } from '../../../src/system/docker-errors.ts';
import { lab, labSuite } from '../../support/lab.ts';
import { explanation } from './build-fixtures.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'engine-'));
});
afterEach(() => rm(folder, { recursive: true }));

describe('the engine meant', () => {
  const context = async (name: string, meta: object) => {
    const path = join(folder, 'contexts/meta', createHash('sha256').update(name).digest('hex'));
    await mkdir(path, { recursive: true });
    await writeFile(join(path, 'meta.json'), JSON.stringify({ Name: name, Endpoints: { docker: meta } }));
  };
  const resolve = (env: Record<string, string>, host?: string) =>
    resolveDockerAddress({ host, env: { DOCKER_CONFIG: folder, ...env } });

  it('is the named one, then DOCKER_HOST, then a context, then the usual socket', async () => {
    await writeFile(join(folder, 'config.json'), JSON.stringify({ currentContext: 'desktop' }));
    await context('desktop', { Host: 'unix:///home/x/.docker/run/docker.sock' });
    await context('far', { Host: 'tcp://10.0.0.1:2376', SkipTLSVerify: true });
    const env = { DOCKER_HOST: 'tcp://h:1', DOCKER_CONTEXT: 'far' };
    expect(await resolve(env, 'unix:///a')).toEqual({ address: 'unix:///a', tls: undefined });
    expect(await resolve(env)).toEqual({ address: 'tcp://h:1', tls: undefined });
    expect(await resolve({ DOCKER_HOST: 'h:1' })).toMatchObject({ address: 'tcp://h:1' });
    expect(await resolve({ DOCKER_CONTEXT: 'far' })).toMatchObject({
      address: 'tcp://10.0.0.1:2376',
      context: 'far',
    });
    expect(await resolve({})).toMatchObject({
      address: 'unix:///home/x/.docker/run/docker.sock',
      context: 'desktop',
    });
    expect(await resolve({ DOCKER_CONTEXT: 'default' })).toEqual({ address: 'unix:///var/run/docker.sock' });
    expect((await openDockerEngine({ env: { DOCKER_CONFIG: folder } })).describe()).toBe(
      'docker, context desktop, unix:///home/x/.docker/run/docker.sock',
    );
  });

  it('is spoken to by TLS where docker would', async () => {
    await writeFile(join(folder, 'ca.pem'), 'CA');
    const env = { DOCKER_HOST: 'tcp://h:2376', DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: folder };
    expect((await resolve(env)).tls).toEqual({ ca: 'CA', cert: undefined, key: undefined, verify: true });
    expect((await resolve({ ...env, DOCKER_HOST: 'unix:///x' })).tls).toBeUndefined();
  });

  it.each([
    ['ssh://ada@build', /ssh:\/\//],
    ['ftp://x', /not the address/],
    ['tcp://', /not the address/],
    ['unix://', /not the address/],
  ])('cannot be %s', async (host, message) => {
    expect(await explanation(resolve({}, host))).toMatchObject({
      code: 'E_ENGINE_ADDRESS',
      message: expect.stringMatching(message),
    });
  });

  it('cannot be of a context that is not there', async () => {
    expect(await explanation(resolve({ DOCKER_CONTEXT: 'gone' }))).toMatchObject({
      code: 'E_ENGINE_ADDRESS',
      message: 'there is no docker context "gone"',
    });
  });
});

describe('an engine that does not answer', () => {
  it.each([
    [{ code: 'EACCES', syscall: 'connect' }, /may not open/, /usermod/],
    [{ code: 'ECONNREFUSED', syscall: 'connect' }, /nothing listens/, /is Docker running/],
    [{ code: 'ECONNRESET' }, /ended the connection/, /is Docker running/],
    [{ code: 'DEPTH_ZERO_SELF_SIGNED_CERT', message: 'self-signed' }, /self-signed/, /DOCKER_CERT_PATH/],
  ])('%j', (fields, why, hint) => {
    const failure = engineFailure(Object.assign(new Error('x'), fields), 'unix:///x') as {
      explanation: object;
    };
    expect(failure.explanation).toMatchObject({
      code: 'E_UNREACHABLE',
      exit: 'unreachable',
      where: 'unix:///x',
      why: expect.stringMatching(why),
      hints: expect.arrayContaining([expect.stringMatching(hint)]),
    });
  });

  it('is not blamed for a file of ours', () => {
    const error = Object.assign(new Error('x'), { code: 'ENOENT', syscall: 'open' });
    expect(engineFailure(error, 'unix:///x')).toBe(error);
  });
});

describe('the version spoken', () => {
  let server: Server;
  const asked: string[] = [];
  // No engine of the lab is that old or that new; only their first answer is played here.
  const engineOf = async (ApiVersion: string, MinAPIVersion: string) => {
    asked.length = 0;
    server = createServer((request, response) => {
      asked.push(request.url!);
      response.setHeader('content-type', 'application/json');
      response.end(
        request.url === '/version'
          ? JSON.stringify({ ApiVersion, MinAPIVersion, Version: '9.9', Os: 'linux' })
          : '{}',
      );
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    return openDockerEngine({ host: `tcp://127.0.0.1:${(server.address() as AddressInfo).port}` });
  };
  afterEach(() => new Promise((closed) => server.close(closed)));

  it.each([
    ['1.41', '1.12', 'v1.41'],
    ['1.43', '1.24', 'v1.43'],
    ['1.55', '1.40', 'v1.44'],
    ['1.60', '1.50', 'v1.50'],
  ])('with an engine of %s (oldest %s) is %s', async (api, oldest, spoken) => {
    await (await engineOf(api, oldest)).call((docker) => docker.info());
    expect(asked).toEqual(['/version', `/${spoken}/info`]);
  });

  it('is none with an engine that is too old', async () => {
    expect(await explanation((await engineOf('1.24', '1.12')).info())).toMatchObject({
      code: 'E_ENGINE_VERSION',
      exit: 'notFound',
      message: 'Docker 9.9 is too old',
    });
  });
});

labSuite('docker target', ['dockerHost'], () => {
  it('a real engine is known by its version', async () => {
    const engine = await openDockerEngine({
      host: lab.dockerHost,
      env: { DOCKER_HOST: 'tcp://127.0.0.1:1' },
    });
    expect(await engine.info()).toMatchObject({
      version: expect.stringMatching(/^\d+\.\d+/),
      buildkit: true,
    });
    expect(engine.describe()).toBe(`docker, ${lab.dockerHost}`);
    const { code, why } = await explanation(engine.call((docker) => docker.getContainer('none').inspect()));
    expect({ code, why }).toEqual({ code: 'E_ENGINE_REFUSED', why: 'No such container: none' });
  });
});
