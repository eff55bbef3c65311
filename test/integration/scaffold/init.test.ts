import { execFileSync } from 'node:child_process';
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type InitOptions, initWorkspace } from '../../../src/actions/init.ts';
import { newService } from '../../../src/actions/new.ts';
import type { Event } from '../../../src/core/events.ts';
import { loadWorkspace } from '../../../src/workspace/load.ts';
import { labSuite } from '../../support/lab.ts';
import { tempTree } from '../workspace/temp-tree.ts';
import { actionProcess } from './action-process.ts';
import { failure } from './make-service.ts';
import { readTree } from './read-tree.ts';

const run = actionProcess();

test('an empty folder becomes a workspace that loads and takes services', async () => {
  const cwd = await tempTree();
  const events: Event[] = [];
  expect(await init({ dir: 'My Shop', cwd }, events)).toEqual({
    name: 'my-shop',
    folder: 'My Shop',
    files: [
      '.cloudnative/.gitignore',
      '.cloudnative/schemas/service.json',
      '.cloudnative/schemas/workspace.json',
      'cloudnative.yaml',
    ],
    services: 'services/*',
  });
  expect(events).toEqual([{ type: 'wrote', path: 'My Shop/', detail: 'workspace' }]);
  const root = join(cwd, 'My Shop');
  expect(
    await readFile(join(root, 'cloudnative.yaml'), 'utf8'),
  ).toBe(`# yaml-language-server: $schema=.cloudnative/schemas/workspace.json
version: 1
name: "my-shop"
services: ["services/*"]
environments:
  local: {target: process}
  docker: {target: docker}
defaultEnvironment: local
`);
  expect(Object.keys(await readTree(root)).filter((path) => path.includes('tmp'))).toEqual([]);
  await newService(
    { name: 'orders', language: 'ts', calls: [], cwd: root },
    { emit: () => {}, signal: new AbortController().signal },
  );
  const { name, services } = await loadWorkspace(root);
  expect({ name, services: services.map(({ path }) => path) }).toEqual({
    name: 'my-shop',
    services: ['services/orders'],
  });
});

test.each([
  ['its own', { 'service.yaml': 'name: a\nlanguage: ts\n' }, '.', ['a']],
  ['those in its folders', { 'a/service.yaml': 'name: a\nlanguage: ts\n', 'docs/x': '' }, '*', ['a']],
  [
    'those in services',
    { 'services/a/service.yaml': 'name: a\nlanguage: ts\n', 'b/service.yaml': '' },
    'services/*',
    ['a'],
  ],
])('finds the services that are there: %s', async (_, files, pattern, names) => {
  const cwd = await tempTree(files);
  expect((await init({ dir: '.', cwd })).services).toBe(pattern);
  expect((await loadWorkspace(cwd)).services.map(({ name }) => name)).toEqual(names);
});

test.each(['null', 'true', 'no', 'y'])('a workspace called %s keeps its name', async (name) => {
  const cwd = await tempTree();
  await init({ dir: '.', name, cwd });
  expect((await loadWorkspace(cwd)).name).toBe(name);
});

test('a folder whose name gives no label is called app', async () => {
  const cwd = await tempTree();
  expect((await init({ dir: '123', cwd })).name).toBe('app');
});

test('what is of this machine is ignored by git', async () => {
  const cwd = await tempTree();
  await init({ dir: '.', cwd });
  execFileSync('git', ['init', '-q'], { cwd });
  await writeFile(join(cwd, '.cloudnative/state.json'), '{}');
  const shown = execFileSync('git', ['status', '--porcelain', '-uall'], { cwd, encoding: 'utf8' });
  expect(shown.trim().split('\n')).toEqual([
    '?? .cloudnative/.gitignore',
    '?? .cloudnative/schemas/service.json',
    '?? .cloudnative/schemas/workspace.json',
    '?? cloudnative.yaml',
  ]);
});

describe('what is there', () => {
  test.each([
    ['a workspace', 'version: 1\n'],
    ['an empty file', ''],
  ])('%s stays as it is', async (_, text) => {
    const cwd = await tempTree({ 'cloudnative.yaml': text });
    const before = await readTree(cwd);
    const { code, exit } = (await failure(init({ dir: '.', cwd }))).explanation;
    expect({ code, exit }).toEqual({ code: 'E_EXISTS', exit: 'conflict' });
    expect(await readTree(cwd)).toEqual(before);
  });

  test('a link in place of the file is not followed', async () => {
    const root = await tempTree({ 'here/x': '' });
    await symlink(join(root, 'elsewhere'), join(root, 'here/cloudnative.yaml'));
    const before = await readTree(root);
    expect((await failure(init({ dir: 'here', cwd: root }))).explanation.code).toBe('E_EXISTS');
    expect(await readTree(root)).toEqual(before);
  });

  test('a state folder that is a link is not followed', async () => {
    const root = await tempTree({ 'here/x': '', 'outside/x': '' });
    await symlink(join(root, 'outside'), join(root, 'here/.cloudnative'));
    const before = await readTree(root);
    expect((await failure(init({ dir: 'here', cwd: root }))).explanation.code).toBe('E_LINK');
    expect(await readTree(root)).toEqual(before);
  });

  test('a file in place of the folder is named', async () => {
    const cwd = await tempTree({ shop: 'a file' });
    expect((await failure(init({ dir: 'shop', cwd }))).explanation.code).toBe('E_WRITE');
  });

  test('a workspace around it is mentioned', async () => {
    const cwd = await tempTree({ 'cloudnative.yaml': '' });
    const events: Event[] = [];
    await init({ dir: 'inner', cwd }, events);
    expect(events[1]).toEqual({
      type: 'warning',
      message: 'this workspace is inside another one, cloudnative.yaml',
    });
  });
});

test('a name that is no label is refused, a valid one suggested', async () => {
  const cwd = await tempTree();
  const { code, exit, hints } = (await failure(init({ dir: '.', name: 'My Shop', cwd }))).explanation;
  expect({ code, exit, hints }).toEqual({
    code: 'E_NAME',
    exit: 'usage',
    hints: ['cloudnative init --name my-shop'],
  });
  expect(await readTree(cwd)).toEqual({});
});

labSuite('system faults', ['faults'], () => {
  test('killed at any point, it is a workspace or not, and the next run makes it one', async () => {
    const whole = await tempTree();
    await init({ dir: '.', name: 'shop', cwd: whole });
    let hits = 0;
    for (let nth = 1; ; nth++) {
      const cwd = await tempTree();
      const wrap = [
        'strace',
        '-f',
        '-qq',
        '-o',
        '/dev/null',
        '-e',
        'trace=fsync',
        '-e',
        `inject=fsync:signal=KILL:when=${nth}`,
      ];
      const env = { ...process.env, UV_THREADPOOL_SIZE: '1' };
      const { report } = await run('init', { dir: '.', name: 'shop' }, { cwd, env, wrap });
      if (report?.ok) break;
      hits++;
      await init({ dir: '.', name: 'shop', cwd });
      expect(await readFile(join(cwd, 'cloudnative.yaml'))).toEqual(
        await readFile(join(whole, 'cloudnative.yaml')),
      );
      const leftover = execFileSync('git', ['status', '--porcelain', '-uall'], {
        cwd: await repository(cwd),
        encoding: 'utf8',
      });
      expect(leftover).not.toMatch(/tmp/);
    }
    expect(hits).toBe(4);
  }, 60_000);
});

async function repository(cwd: string): Promise<string> {
  await mkdir(join(cwd, '.git'), { recursive: true });
  execFileSync('git', ['init', '-q'], { cwd });
  return cwd;
}

function init(options: InitOptions, events: Event[] = []) {
  const deps = { emit: (event: Event) => events.push(event), signal: new AbortController().signal };
  return initWorkspace(options, deps);
}
