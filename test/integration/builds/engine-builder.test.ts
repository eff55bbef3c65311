import { execFile } from 'node:child_process';
import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createEngineBuilder } from '../../../src/builds/engine/engine-builder.ts';
import { type DockerEngine, openDockerEngine } from '../../../src/system/docker-engine.ts';
import type { Artifact } from '../../../src/targets/target.ts';
import { lab, labSuite } from '../../support/lab.ts';
import { docker, explanation, removeImages, service, uniqueApp } from './build-fixtures.ts';
import { cut, type EngineProxy, rewriteLines, startEngineProxy } from './engine-proxy.ts';

const run = promisify(execFile);
const signal = new AbortController().signal;
const app = uniqueApp('build');
const small = { Dockerfile: 'FROM scratch\nCOPY hello /\n', hello: 'hello\n' };

labSuite('docker target', ['dockerHost', 'registry', 'registryAuth'], () => {
  let engine: DockerEngine;
  let proxy: EngineProxy;
  let folder: string;
  beforeAll(async () => {
    engine = await openDockerEngine({ host: lab.dockerHost });
    proxy = await startEngineProxy(lab.dockerHost!);
  });
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'builder-'));
    return () => rm(folder, { recursive: true });
  });
  afterAll(async () => {
    await removeImages(app);
    await proxy.close();
  });
  const builders: [string, () => DockerEngine][] = [
    ['BuildKit', () => engine],
    ['the classic builder', () => ({ ...engine, info: async () => ({ version: '', buildkit: false }) })],
  ];

  describe.each(builders)('building with %s', (_, use) => {
    const builder = () => createEngineBuilder({ app, engine: use() });

    it('makes an image with labels and arguments, and finds it from another clone', async () => {
      const files = {
        Dockerfile:
          'FROM scratch\nARG VERSION REVISION BUILD_DATE EXTRA\nLABEL said="$VERSION $REVISION $BUILD_DATE $EXTRA"\nCOPY . /\n',
        'src/run.sh': `echo ${Math.random()}\n`,
      };
      const here = await service(join(folder, 'here'), files, { EXTRA: 'more' });
      const git = (...args: string[]) =>
        run('git', ['-C', here.folder, '-c', 'user.name=t', '-c', 'user.email=t@t', ...args]);
      await git('init', '-q');
      await git('add', '.');
      await git('commit', '-qm', 'first');
      const commit = (await git('log', '-1', '--format=%H %cI')).stdout.trim().split(' ');

      const before = imageOf(await builder().find(here));
      expect(before.pending).toBe(true);
      const built = await builder().build(here, { signal });
      const artifact = imageOf(built.artifact);
      expect(built.skipped).toBe(false);
      expect(artifact).toEqual({ ...before, pending: false });
      expect(artifact.reference).toBe(`${app}/orders:${artifact.context.slice(0, 12)}`);

      const image = JSON.parse(await docker('inspect', artifact.reference))[0];
      expect(image.Config.Labels).toEqual({
        said: `${artifact.context.slice(0, 12)} ${commit[0]} ${new Date(commit[1]!).toISOString().replace('.000Z', 'Z')} more`,
        'cloudnative.dev/app': app,
        'cloudnative.dev/service': 'orders',
        'cloudnative.dev/context': artifact.context,
      });
      expect(image.Id).toContain(built.detail);

      await run('sh', ['-c', 'umask 077 && git clone -q "$0" "$1"', here.folder, join(folder, 'there')]);
      await rm(join(folder, 'there', '.git'), { recursive: true });
      await rm(join(here.folder, '.git'), { recursive: true });
      const there = await service(join(folder, 'there'), {}, { EXTRA: 'more' });
      // Without .git, which is part of these contexts, both trees are the same again.
      const first = await builder().build(here, { signal });
      expect(first.skipped).toBe(false);
      const second = await builder().build(there, { signal });
      expect(second).toEqual({ ...first, skipped: true });
      const withOther = await service(join(folder, 'there'), {}, { EXTRA: 'other' });
      expect((await builder().find(withOther)).pending).toBe(true);
    }, 60_000);

    it('tells the failing step, its last output and what to do', async () => {
      const failing = await service(folder, {
        Dockerfile: `FROM node:24-slim\nRUN echo quiet\nRUN printf 'one ${Math.random()}\\n\\033[31mtwo ä\\n10%%\\r100%%\\n' && exit 3\n`,
      });
      const steps: string[] = [];
      const { code, exit, where, why, hints, message } = await explanation(
        builder().build(failing, { signal, onProgress: (line) => steps.push(line) }),
      );
      expect({ code, exit, message }).toEqual({
        code: 'E_BUILD_FAILED',
        exit: 'failure',
        message: 'the image of orders cannot be built',
      });
      expect(where).toMatch(/^services\/orders\/Dockerfile, step \[3\/\d\] RUN printf/);
      expect(why).toEqual([expect.stringMatching(/^one /), 'two ä', '100%', expect.stringMatching(/3$/)]);
      expect(hints).toHaveLength(1);
      expect(steps.join('\n')).toContain('RUN echo quiet');
      expect((await builder().find(failing)).pending).toBe(true);
    });

    it.each([
      ['a file that is not sent', 'FROM scratch\nCOPY nowhere /\n', /nowhere/],
      ['an unknown instruction', 'FROM scratch\nRUNN x\n', /line 2: unknown instruction/i],
      ['an empty Dockerfile', '', /empty/],
    ])('explains %s', async (_, Dockerfile, cause) => {
      const { code, why } = await explanation(
        builder().build(await service(folder, { Dockerfile }), { signal }),
      );
      expect({ code, why }).toEqual({ code: 'E_BUILD_FAILED', why: [expect.stringMatching(cause)] });
    });

    it('fails when the stream reports a failure or ends early, wherever that is', async () => {
      const through = { ...(await openDockerEngine({ host: proxy.host })), info: () => use().info() };
      const faulty = createEngineBuilder({ app, engine: through });
      const lines = await countLines(async (seed) => {
        await faulty.build(await service(folder, { ...small, seed }), { signal });
      });
      expect(lines).toBeGreaterThan(2);
      const failure = '{"errorDetail":{"message":"injected"},"error":"injected"}';
      for (const at of ['first', 'middle', 'last'] as const) {
        for (const fault of [failure, cut] as const) {
          const one = await service(folder, { ...small, seed: `${Math.random()}` });
          const isThere = (index: number, isLast: boolean) =>
            at === 'last' ? isLast : index === (at === 'first' ? 0 : Math.floor(lines / 2));
          proxy.fault = {
            on: /^POST .*\/build/,
            do: rewriteLines((line, index, isLast) => (isThere(index, isLast) ? fault : line)),
          };
          const { code, why } = await explanation(faulty.build(one, { signal }));
          expect({ at, fault: String(fault), code }).toEqual({
            at,
            fault: String(fault),
            code: 'E_BUILD_FAILED',
          });
          expect(String(why)).toMatch(fault === cut ? /connection|without an image|cut off/ : /injected/);
        }
      }
    }, 60_000);

    it('is stopped by its signal, and leaves nothing', async () => {
      const slow = await service(folder, {
        Dockerfile: `FROM node:24-slim\nRUN : ${Math.random()}; sleep 61.5\n`,
      });
      const controller = new AbortController();
      const reason = new Error('interrupted');
      let stopped = 0;
      const onProgress = (line: string) => {
        if (line.includes('sleep 61.5'))
          setTimeout(() => {
            stopped = Date.now();
            controller.abort(reason);
          }, 700);
      };
      await expect(builder().build(slow, { signal: controller.signal, onProgress })).rejects.toBe(reason);
      expect(Date.now() - stopped).toBeLessThan(2_000);
      await expect.poll(() => running('sleep 61.5'), { timeout: 4_000 }).toBe(0);
      await expect
        .poll(() => docker('ps', '-aq', '--no-trunc', '--filter', 'status=running').then(commands), {
          timeout: 4_000,
        })
        .not.toContain('61.5');
      expect((await builder().find(slow)).pending).toBe(true);
    });
  });

  const countLines = async (build: (seed: string) => Promise<void>): Promise<number> => {
    let lines = 0;
    proxy.fault = {
      on: /^POST .*\/build/,
      do: rewriteLines((line) => {
        lines++;
        return line;
      }),
    };
    await build(`${Math.random()}`);
    return lines;
  };

  it('does not take the older image of a tag for the one that failed', async () => {
    const one = await service(folder, { ...small, seed: `${Math.random()}` });
    const builder = createEngineBuilder({ app, engine });
    const first = imageOf((await builder.build(one, { signal })).artifact);
    await writeFile(join(folder, 'Dockerfile'), 'FROM scratch\nCOPY gone /\n');
    const second = imageOf(await builder.find(one));
    await docker('tag', first.reference, second.reference);
    expect((await builder.find(one)).pending).toBe(true);
    expect((await explanation(builder.build(one, { signal }))).code).toBe('E_BUILD_FAILED');
  });

  it('refuses an image whose files changed meanwhile', async () => {
    const one = await service(folder, {
      Dockerfile: `FROM node:24-slim\nRUN : ${Math.random()}; sleep 1\n`,
    });
    const builder = createEngineBuilder({ app, engine });
    const before = imageOf(await builder.find(one));
    const onProgress = (line: string) => {
      if (line.includes('sleep 1')) void appendFile(join(folder, 'note'), 'changed');
    };
    expect((await explanation(builder.build(one, { signal, onProgress }))).code).toBe('E_CONTEXT_CHANGED');
    await expect(docker('inspect', before.reference)).rejects.toThrow();
  });

  it('names the missing base image, or the registry that will not give it', async () => {
    const builder = createEngineBuilder({ app, engine });
    const { registry, registryAuth } = lab;
    const from = async (image: string) => {
      const files = { Dockerfile: `ARG BASE=${image}\nFROM scratch AS first\nFROM first\nFROM $BASE\n` };
      const { code, exit, where, hints } = await explanation(
        builder.build(await service(folder, files), { signal }),
      );
      return { code, exit, where, hints: hints?.join() };
    };
    expect(await from(`${registry}/nothing/here:1`)).toMatchObject({
      code: 'E_BASE_IMAGE',
      exit: 'notFound',
      where: 'services/orders/Dockerfile:4',
    });
    expect(await from('Not/An:image:name')).toMatchObject({ code: 'E_BASE_IMAGE' });
    expect(await from('127.0.0.1:5999/gone:1')).toMatchObject({
      code: 'E_UNREACHABLE',
      exit: 'unreachable',
      where: '127.0.0.1:5999',
    });
    expect(await from(`${registryAuth!.host}/secret:1`)).toMatchObject({
      code: 'E_REGISTRY_AUTH',
      exit: 'auth',
      where: registryAuth!.host,
      hints: `docker login ${registryAuth!.host}`,
    });
  });

  it('says which file of the service it misses', async () => {
    const { code, exit, where } = await explanation(
      createEngineBuilder({ app, engine }).build(await service(folder, {}), { signal }),
    );
    expect({ code, exit, where }).toEqual({
      code: 'E_NO_DOCKERFILE',
      exit: 'notFound',
      where: 'services/orders/service.yaml: image.dockerfile',
    });
  });

  it('says that the engine is not there', async () => {
    const absent = await openDockerEngine({ host: 'unix:///nonexistent/docker.sock' });
    const { code, exit, where, why } = await explanation(
      createEngineBuilder({ app, engine: absent }).find(await service(folder, small)),
    );
    expect({ code, exit, where, why }).toEqual({
      code: 'E_UNREACHABLE',
      exit: 'unreachable',
      where: 'unix:///nonexistent/docker.sock',
      why: 'there is no such socket',
    });
  });
});

function imageOf(artifact: Artifact): Extract<Artifact, { kind: 'image' }> {
  if (artifact.kind !== 'image') throw new Error('not an image');
  return artifact;
}

async function running(command: string): Promise<number> {
  const { stdout } = await run('ps', ['-eo', 'args']);
  return stdout.split('\n').filter((line) => line.includes(command) && !line.includes('ps -eo')).length;
}

async function commands(ids: string): Promise<string> {
  return ids ? docker('inspect', '--format', '{{.Config.Cmd}}', ...ids.split('\n')) : '';
}
