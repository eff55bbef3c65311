import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { cli } from '../support/cli.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cloudnative-judge-'));
});
afterEach(() => rm(folder, { recursive: true }));

const pod = (name: string, phase: string) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'shop' },
  spec: { restartPolicy: 'Never', containers: [{ name: 'a' }] },
  status: { phase },
});
const database = { apiVersion: 'db.example.com/v1', kind: 'Database', metadata: { name: 'main' } };
const judge = async (items: object[], ...flags: string[]) => {
  await writeFile(join(folder, 'live.yaml'), JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
  return cli(['status', '-f', 'live.yaml', ...flags], { cwd: folder });
};

it('judges given objects without a cluster or a workspace, and fails when one of them has', async () => {
  const good = await judge([pod('done', 'Succeeded'), { ...database, status: { phase: 'Creating' } }]);
  expect(good).toMatchObject({ code: 0, stderr: '' });
  expect(good.stdout).toMatch(/Pod\/done +shop +✓ ready +\S/);
  expect(good.stdout).toMatch(/Database\/main +✓ ready +present\n\n2 ready\.\n$/);
  const bad = await judge([pod('done', 'Succeeded'), pod('dead', 'Failed')], '-o', 'json');
  expect(bad.code).toBe(1);
  expect(JSON.parse(bad.stdout)).toMatchObject({
    version: 1,
    command: 'status',
    ok: true,
    data: {
      file: 'live.yaml',
      objects: [
        { id: 'Pod/done', namespace: 'shop', readiness: 'ready' },
        { id: 'Pod/dead', namespace: 'shop', readiness: 'failed', reason: expect.stringMatching(/\S/) },
      ],
    },
  });
});

it('judges custom kinds by the rules of the workspace that it runs in', async () => {
  const rule =
    'readiness: [{group: db.example.com, kind: Database, ready: {field: status.phase, is: [Running]}}]';
  await writeFile(
    join(folder, 'cloudnative.yaml'),
    `version: 1\nname: shop\nservices: [services/*]\nenvironments: {local: {target: process}}\n${rule}\n`,
  );
  const { stdout } = await judge([{ ...database, status: { phase: 'Creating' } }]);
  expect(stdout).toMatch(/Database\/main +◦ progressing +status\.phase is Creating/);
});

it('tells what is wrong with what it is given', async () => {
  const absent = await cli(['status', '-f', 'gone.yaml'], { cwd: folder });
  expect(absent).toMatchObject({
    code: 4,
    stderr: expect.stringMatching(/gone\.yaml cannot be read.*E_FILE/),
  });
  // Standard input is empty here, as after a command that failed.
  const empty = await cli(['status', '-f', '-'], { cwd: folder });
  expect(empty).toMatchObject({
    code: 4,
    stderr: expect.stringMatching(/there are no objects[\s\S]*\(stdin\)/),
  });
  expect((await judge([])).stdout).toMatch(/no objects\./);
  const placed = await judge([database], '-e', 'local');
  expect(placed).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/offline: --environment means nothing/),
  });
  const misshapen = await judge([{ kind: 'Pod' }]);
  expect(misshapen).toMatchObject({
    code: 3,
    stderr: expect.stringMatching(/live\.yaml:1 Pod has no apiVersion/),
  });
});
