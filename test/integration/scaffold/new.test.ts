import { createHash } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { newService } from '../../../src/actions/new.ts';
import type { Event } from '../../../src/core/events.ts';
import { readKubernetesYaml } from '../../../src/core/kubernetes-yaml.ts';
import { loadWorkspace } from '../../../src/workspace/load.ts';
import { tempTree } from '../workspace/temp-tree.ts';
import { failure, make, options } from './make-service.ts';
import { readTree } from './read-tree.ts';

const workspace =
  'version: 1\nname: shop\nservices: [services/*]\nenvironments: {local: {target: process}}\n';
const languages = ['ts', 'go', 'python'] as const;

describe.each(languages)('a lone service in %s', (language) => {
  test('is whole, has a repository, and loads', async () => {
    const cwd = await tempTree();
    const events: Event[] = [];
    const result = await make({ name: 'orders', language, cwd }, events);
    const folder = join(cwd, 'orders');
    const tree = await readTree(folder, ['.git']);
    const files = Object.keys(tree).filter((path) => !path.endsWith('/'));
    expect(result).toMatchObject({
      service: 'orders',
      folder: 'orders',
      git: true,
      ports: { http: 8080, admin: 9100 },
    });
    expect(result.files).toEqual([...files].sort());
    expect(files).toContain(result.readFirst);
    expect(await readFile(join(folder, 'README.md'), 'utf8')).toContain(result.readFirst);
    expect(events).toEqual([
      { type: 'wrote', path: 'orders/', detail: `${files.length} files` },
      { type: 'wrote', path: 'orders/', detail: 'git repository' },
    ]);

    const { lone, services } = await loadWorkspace(folder);
    expect({
      lone,
      name: services[0]!.name,
      language: services[0]!.language,
      run: services[0]!.run.length > 0,
    }).toEqual({
      lone: true,
      name: 'orders',
      language,
      run: true,
    });
    expect(await readFile(join(folder, 'service.yaml'), 'utf8')).toMatch(
      /^# yaml-language-server: \$schema=\.cloudnative\/schemas\/service\.json\n/,
    );
    expect(JSON.parse(await readFile(join(folder, '.cloudnative/schemas/service.json'), 'utf8')).title).toBe(
      'service.yaml',
    );
  });

  test('has a record of what it was made from', async () => {
    const cwd = await tempTree();
    const { files } = await make({ name: 'orders', language, cwd });
    const text = await readFile(join(cwd, 'orders/.cloudnative/template.json'), 'utf8');
    const record = JSON.parse(text);
    expect(record).toMatchObject({ version: 1, template: expect.stringMatching(/^[0-9a-f]{12}$/) });
    expect(record.answers).toEqual({
      name: 'orders',
      language,
      app: 'orders',
      calls: [],
      ports: { http: 8080, admin: 9100 },
      schema: '.cloudnative/schemas/service.json',
    });
    expect(Object.keys(record.files)).toEqual(files.filter((path) => !path.startsWith('.cloudnative/')));
    for (const [path, hash] of Object.entries(record.files)) {
      const content = await readFile(join(cwd, 'orders', path));
      expect(createHash('sha256').update(content).digest('hex')).toBe(hash);
    }
    expect(Object.keys(record)).toEqual(Object.keys(record).sort());
    expect(Object.keys(record.answers)).toEqual(Object.keys(record.answers).sort());
    expect(text.endsWith('}\n')).toBe(true);
  });

  test.each([
    ...[
      'x',
      'a-1',
      'con',
      'main',
      'internal',
      'errors',
      'net',
      'test',
      'import',
      'class',
      'a--b',
      'a'.repeat(63),
    ],
    ...['null', 'true', 'false', 'yes', 'no', 'on', 'off', 'y', 'n', 'constructor', 'prototype'],
  ])('called %s is what it says', async (name) => {
    const cwd = await tempTree();
    const { files } = await make({ name, language, cwd });
    expect((await loadWorkspace(join(cwd, name))).services[0]!.name).toBe(name);
    const manifests = files.filter((path) => path.startsWith('deploy/kubernetes/'));
    expect(manifests.length).toBeGreaterThan(3);
    for (const path of manifests) {
      const { documents, problems } = readKubernetesYaml(await readFile(join(cwd, name, path), 'utf8'));
      expect(problems).toEqual([]);
      const [manifest] = documents.map(
        ({ value }) => value as { metadata: { name: string; labels: object } },
      );
      expect(manifest!.metadata.name).toBe(name);
      expect(Object.values(manifest!.metadata.labels).every((label) => typeof label === 'string')).toBe(true);
    }
  });
});

describe('in a workspace', () => {
  test('a service goes under the first pattern and calls those it names', async () => {
    const root = await tempTree({ 'cloudnative.yaml': workspace, 'docs/x': '' });
    await make({ name: 'catalog', language: 'go', cwd: root });
    const result = await make({ name: 'orders', calls: ['catalog', 'catalog'], cwd: join(root, 'docs') });
    expect(result).toMatchObject({ folder: '../services/orders', git: false });
    const { services } = await loadWorkspace(root);
    expect(services.map(({ name, path, calls }) => ({ name, path, calls }))).toEqual([
      { name: 'catalog', path: 'services/catalog', calls: [] },
      { name: 'orders', path: 'services/orders', calls: ['catalog'] },
    ]);
    const text = await readFile(join(root, 'services/orders/service.yaml'), 'utf8');
    expect(text).toContain('$schema=../../.cloudnative/schemas/service.json\n');
    expect(result.files).not.toContain('.cloudnative/schemas/service.json');
    expect(
      JSON.parse(await readFile(join(root, 'services/orders/.cloudnative/template.json'), 'utf8')).answers
        .app,
    ).toBe('shop');
  });

  test.each([
    ['a name that is taken', { name: 'catalog' }, 'E_EXISTS', /shop has a service catalog already/],
    [
      'a callee that is not there',
      { name: 'orders', calls: ['catalgo'] },
      'E_NOT_FOUND',
      /did you mean "catalog"\?/,
    ],
    ['a callee that is itself', { name: 'orders', calls: ['orders'] }, 'E_NAME', /cannot call itself/],
  ])('%s is refused', async (_, options, code, words) => {
    const root = await tempTree({
      'cloudnative.yaml': workspace,
      'services/other/service.yaml': 'name: catalog\nlanguage: go\n',
    });
    const before = await readTree(root);
    const { explanation } = await failure(make({ cwd: root, ...options }));
    expect(explanation.code).toBe(code);
    expect([explanation.message, ...(explanation.hints ?? [])].join('\n')).toMatch(words);
    expect(await readTree(root)).toEqual(before);
  });

  test('there must be a place for it', async () => {
    const literal = await tempTree({
      'cloudnative.yaml': workspace.replace('services/*', 'a'),
      'a/service.yaml': 'name: a\nlanguage: ts\n',
    });
    expect((await failure(make({ name: 'orders', cwd: literal }))).explanation.code).toBe('E_NO_PLACE');
    const inside = await tempTree({ 'a/service.yaml': 'name: a\nlanguage: ts\n' });
    const { code, hints } = (await failure(make({ name: 'orders', cwd: join(inside, 'a') }))).explanation;
    expect(code).toBe('E_NO_PLACE');
    expect(hints?.[0]).toMatch(/^cd \.\. /);
  });

  test('a broken configuration is reported, nothing is made', async () => {
    const root = await tempTree({ 'cloudnative.yaml': `${workspace}nmae: x\n` });
    expect((await failure(make({ name: 'orders', cwd: root }))).explanation.code).toBe('E_CONFIG');
    expect(Object.keys(await readTree(root))).toEqual(['cloudnative.yaml']);
  });
});

test('a callee needs a workspace', async () => {
  const cwd = await tempTree();
  expect((await failure(make({ name: 'orders', calls: ['catalog'], cwd }))).explanation.code).toBe(
    'E_NOT_FOUND',
  );
});

describe('a dry run', () => {
  test('tells what the run does and writes nothing', async () => {
    const root = await tempTree({ 'cloudnative.yaml': workspace });
    const before = await readTree(root);
    const events: Event[] = [];
    const dry = await make({ name: 'orders', cwd: root, dryRun: true }, events);
    expect(events).toEqual([]);
    expect(await readTree(root)).toEqual(before);
    expect(await make({ name: 'orders', cwd: root })).toEqual(dry);
  });

  test('sees what is in the way', async () => {
    const cwd = await tempTree({ 'orders/x': '' });
    expect((await failure(make({ name: 'orders', cwd, dryRun: true }))).explanation.code).toBe('E_EXISTS');
  });
});

test('an aborted run leaves nothing, not even the folders on the way', async () => {
  const root = await tempTree({ 'cloudnative.yaml': workspace });
  const before = await readTree(root);
  const reason = new Error('stop');
  const stopped = newService(options({ name: 'orders', cwd: root }), {
    emit: () => {},
    signal: AbortSignal.abort(reason),
  });
  await expect(stopped).rejects.toBe(reason);
  expect(await readTree(root)).toEqual(before);
});

test('two runs for one name at once: one makes it, the other is told', async () => {
  const cwd = await tempTree();
  const results = await Promise.allSettled([make({ name: 'orders', cwd }), make({ name: 'orders', cwd })]);
  expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  const refused = results.find((result) => result.status === 'rejected');
  expect(refused?.reason.explanation.code).toBe('E_EXISTS');
  expect((await loadWorkspace(join(cwd, 'orders'))).name).toBe('orders');
  await rm(join(cwd, 'orders'), { recursive: true });
  expect(await readTree(cwd)).toEqual({});
});
