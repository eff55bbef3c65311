import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { createEngineBuilder } from '../../../src/builds/engine/engine-builder.ts';
import { createRegistryPublisher } from '../../../src/builds/registry/registry-publisher.ts';
import { type DockerEngine, openDockerEngine } from '../../../src/system/docker-engine.ts';
import type { Artifact } from '../../../src/targets/target.ts';
import type { Service } from '../../../src/workspace/model.ts';
import { lab, labSuite } from '../../support/lab.ts';
import { docker, explanation, removeImages, service, uniqueApp } from './build-fixtures.ts';
import { cut, type EngineProxy, rewriteLines, startEngineProxy } from './engine-proxy.ts';

const signal = new AbortController().signal;
const app = uniqueApp('push');
const secret = 'canary-8f3a';

labSuite('registry push', ['dockerHost', 'registry', 'registryAuth'], () => {
  let engine: DockerEngine;
  let folder: string;
  let orders: Service;
  let built: Artifact;
  beforeAll(async () => {
    engine = await openDockerEngine({ host: lab.dockerHost });
    folder = await mkdtemp(join(tmpdir(), 'push-'));
    orders = await service(folder, { Dockerfile: 'FROM scratch\nCOPY seed /\n', seed: `${Math.random()}` });
    built = (await createEngineBuilder({ app, engine }).build(orders, { signal })).artifact;
  });
  beforeEach(() => login({}));
  afterAll(async () => {
    vi.unstubAllEnvs();
    for (const prefix of [
      app,
      `${lab.registry}/${app}`,
      `${lab.registryAuth!.host}/${app}`,
      `${lab.registryAuth!.host}/${app}-denied`,
      `127.0.0.1:5999/${app}`,
    ])
      await removeImages(prefix);
    await rm(folder, { recursive: true });
  });

  const login = async (config: object) => {
    await writeFile(join(folder, 'config.json'), JSON.stringify(config));
    vi.stubEnv('DOCKER_CONFIG', folder);
  };
  const basic = (user: string, password: string) => ({
    auths: { [lab.registryAuth!.host]: { auth: Buffer.from(`${user}:${password}`).toString('base64') } },
  });

  it('pushes just one tag, and knows the digest that the registry has', async () => {
    const registry = `${lab.registry}/${app}`;
    const publisher = createRegistryPublisher({ engine, registry });
    expect(await publisher.find(orders, built)).toBeUndefined();
    await docker('tag', reference(built), `${registry}/orders:private`);

    const { artifact, skipped, detail } = await publisher.publish(orders, built, { signal });
    expect({ skipped, detail }).toEqual({ skipped: false, detail: '1 layer new, 0 known' });
    const [repository, digest] = reference(artifact).split('@');
    expect(repository).toBe(`${registry}/orders`);
    const short = contextOf(built).slice(0, 12);
    const manifest = await fetch(`http://${lab.registry}/v2/${app}/orders/manifests/${short}`, {
      method: 'HEAD',
      headers: {
        accept: ['docker.distribution.manifest.v2', 'oci.image.manifest.v1', 'oci.image.index.v1']
          .map((kind) => `application/vnd.${kind}+json`)
          .join(', '),
      },
    });
    expect(manifest.headers.get('docker-content-digest')).toBe(digest);
    expect(await (await fetch(`http://${lab.registry}/v2/${app}/orders/tags/list`)).json()).toMatchObject({
      tags: [short],
    });

    expect(await publisher.publish(orders, built, { signal })).toMatchObject({ artifact, skipped: true });
    // Where nothing is built or tagged, the registry alone is asked.
    await docker('rmi', '-f', `${registry}/orders:${short}`);
    expect(await publisher.find(orders, { ...built, pending: true })).toEqual({
      ...artifact,
      pending: false,
    });
  });

  it('logs in as docker would', async () => {
    const { host, user, password } = lab.registryAuth!;
    await login(basic(user, password));
    const publisher = createRegistryPublisher({ engine, registry: `${host}/${app}` });
    const { artifact } = await publisher.publish(orders, built, { signal });
    expect(await publisher.find(orders, built)).toEqual(artifact);
  });

  it('takes a base image from a registry that wants a login, and tells what to do without one', async () => {
    const { host, user, password } = lab.registryAuth!;
    await login(basic(user, password));
    const { artifact } = await createRegistryPublisher({ engine, registry: `${host}/${app}` }).publish(
      orders,
      built,
      { signal },
    );
    const tagged = `${host}/${app}/orders:${contextOf(built).slice(0, 12)}`;
    const builder = createEngineBuilder({ app, engine });
    for (const base of [tagged, reference(artifact)]) {
      const child = await service(await mkdtemp(join(folder, 'child-')), {
        Dockerfile: `FROM ${base}\nCOPY Dockerfile /\n`,
      });
      await removeImages(`${host}/${app}`);
      if (base === tagged) {
        await login(basic(user, secret));
        const said = await explanation(builder.build(child, { signal }));
        expect(said).toMatchObject({ code: 'E_REGISTRY_AUTH', hints: [`docker login ${host}`] });
      }
      await login(basic(user, password));
      const steps: string[] = [];
      expect((await builder.build(child, { signal, onProgress: (line) => steps.push(line) })).skipped).toBe(
        false,
      );
      expect(steps[0]).toBe(`pull ${base}`);
    }
  });

  it.each([
    ['without a login', () => ({})],
    ['with a wrong password', () => basic(lab.registryAuth!.user, secret)],
  ])('names the registry and the way to log in %s', async (_, config) => {
    await login(config());
    const { host } = lab.registryAuth!;
    const publisher = createRegistryPublisher({ engine, registry: `${host}/${app}-denied` });
    for (const attempt of [
      () => publisher.publish(orders, built, { signal }),
      () => publisher.find(orders, built),
    ]) {
      const said = await explanation(attempt());
      expect(said).toMatchObject({
        code: 'E_REGISTRY_AUTH',
        exit: 'auth',
        where: host,
        hints: [`docker login ${host}`],
      });
      expect(JSON.stringify({ ...said, cause: undefined })).not.toContain(secret);
    }
  });

  it('says that the registry cannot be reached', async () => {
    const publisher = createRegistryPublisher({ engine, registry: `127.0.0.1:5999/${app}` });
    expect(await explanation(publisher.publish(orders, built, { signal }))).toMatchObject({
      code: 'E_UNREACHABLE',
      exit: 'unreachable',
      where: '127.0.0.1:5999',
    });
  });

  it.each([
    'https://registry.example.com/shop',
    'registry.example.com/Shop',
    'registry.example.com/shop:1',
    'a b',
    '',
  ])('refuses "%s" as a registry', async (registry) => {
    const { code, exit } = await explanation(
      createRegistryPublisher({ engine, registry }).publish(orders, built, { signal }),
    );
    expect({ code, exit }).toEqual({ code: 'E_REGISTRY_NAME', exit: 'validation' });
  });

  it('fails when the stream reports a failure or ends early, wherever that is', async () => {
    const proxy: EngineProxy = await startEngineProxy(lab.dockerHost!);
    const through = await openDockerEngine({ host: proxy.host });
    const push = (index: number) =>
      createRegistryPublisher({ engine: through, registry: `${lab.registry}/${app}-${index}` }).publish(
        orders,
        built,
        { signal },
      );
    let lines = 0;
    proxy.fault = {
      on: /\/push/,
      do: rewriteLines((line) => {
        lines++;
        return line;
      }),
    };
    await push(0);
    expect(lines).toBeGreaterThan(2);
    const failure = '{"errorDetail":{"message":"unauthorized: injected"},"error":"unauthorized: injected"}';
    let index = 1;
    for (const at of ['first', 'middle', 'last'] as const) {
      for (const fault of [failure, cut] as const) {
        const isThere = (number: number, isLast: boolean) =>
          at === 'last' ? isLast : number === (at === 'first' ? 0 : Math.floor(lines / 2));
        proxy.fault = {
          on: /\/push/,
          do: rewriteLines((line, number, isLast) => (isThere(number, isLast) ? fault : line)),
        };
        const { code } = await explanation(push(index++));
        expect({ at, code }).toEqual({ at, code: fault === cut ? 'E_REGISTRY' : 'E_REGISTRY_AUTH' });
      }
    }
    // Broken off once: tried a second time; refused: never.
    const pushes = proxy.requests.filter((request) => /\/push/.test(request)).length;
    expect(pushes).toBe(1 + 3 * 2 + 3 * 1);
    for (let each = 0; each < index; each++) await removeImages(`${lab.registry}/${app}-${each}`);
    await proxy.close();
  }, 60_000);
});

function reference(artifact: Artifact): string {
  return artifact.kind === 'image' ? artifact.reference : '';
}

function contextOf(artifact: Artifact): string {
  return artifact.kind === 'image' ? artifact.context : '';
}
