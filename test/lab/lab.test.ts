import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cloudnative-no-lab-'));
});
afterAll(() => rm(folder, { recursive: true }));

it('tells that no part is up, and leaves nothing behind', async () => {
  const { status, stdout } = runLab('status');
  expect(stdout.split('\n').map((line) => line.split(/ +/).slice(0, 2))).toEqual([
    ['registry', 'stopped'],
    ['docker', 'stopped'],
    ['images', 'missing'],
    ['prometheus', 'missing'],
    ['nodes', 'missing'],
    ['kubernetes', 'stopped'],
    [''],
  ]);
  expect(status).toBe(4);
  expect(await readdir(folder)).toEqual([]);
});

it.each([[], ['start'], ['up', 'docker'], ['up', '1.30', '--purge'], ['--purge']])(
  'refuses: lab %s',
  (...args) => {
    const { status, stderr } = runLab(...args);
    expect(stderr).toBe('usage: lab up [VERSION] | down [VERSION | --purge] | status\n');
    expect(status).toBe(2);
  },
);

it('names the versions of Kubernetes that there are besides its own', () => {
  const { status, stderr } = runLab('up', '1.11');
  expect(stderr).toBe(
    'lab: no Kubernetes 1.11 is pinned, but 1.30 and 1.37; add one with test/lab/kubernetes/pin\n',
  );
  expect(status).toBe(1);
});

function runLab(...args: string[]) {
  return spawnSync('bash', [new URL('lab', import.meta.url).pathname, ...args], {
    encoding: 'utf8',
    env: { PATH: process.env.PATH, HOME: folder, CLOUDNATIVE_LAB_DIR: folder },
  });
}
