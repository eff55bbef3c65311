import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { tempTree } from '../workspace/temp-tree.ts';
import { actionProcess } from './action-process.ts';
import { readTree } from './read-tree.ts';

const run = actionProcess();

const surroundings = [
  { umask: '022', env: { TZ: 'UTC', LANG: 'C.UTF-8', LC_ALL: 'C.UTF-8' } },
  { umask: '077', env: { TZ: 'Pacific/Kiritimati', LANG: 'tr_TR.UTF-8', LC_ALL: 'tr_TR.UTF-8' } },
  { umask: '000', env: { TZ: 'America/St_Johns', LANG: 'C', LC_ALL: 'C', HOME: '/nonexistent' } },
];

test.each(['ts', 'go', 'python'])(
  'one %s service is the same bytes and modes everywhere',
  async (language) => {
    const trees = [];
    for (const [index, { umask, env }] of surroundings.entries()) {
      const cwd = join(await tempTree(), index === 1 ? 'größer als sonst' : 'a');
      await mkdir(cwd);
      const wrap = ['sh', '-c', `umask ${umask}; exec "$@"`, 'sh'];
      const { report } = await run(
        'new',
        { name: 'orders', language, calls: [] },
        { cwd, env: { ...process.env, ...env }, wrap },
      );
      expect(report?.ok).toBe(true);
      trees.push(await readTree(cwd, ['.git']));
    }
    expect(trees[1]).toEqual(trees[0]);
    expect(trees[2]).toEqual(trees[0]);
    const modes = new Set(
      Object.entries(trees[0]!).map(([path, entry]) =>
        path.endsWith('/') ? `/${entry}` : entry.split(' ')[0],
      ),
    );
    expect([...modes].every((mode) => ['/755', '644', '755'].includes(mode!))).toBe(true);
  },
);

test('one workspace is the same bytes everywhere', async () => {
  const trees = [];
  for (const { umask, env } of surroundings) {
    const cwd = await tempTree();
    const wrap = ['sh', '-c', `umask ${umask}; exec "$@"`, 'sh'];
    const { report } = await run('init', { dir: 'shop' }, { cwd, env: { ...process.env, ...env }, wrap });
    expect(report?.ok).toBe(true);
    const tree = await readTree(cwd);
    trees.push(Object.fromEntries(Object.entries(tree).filter(([path]) => !path.endsWith('/'))));
  }
  expect(trees[1]).toEqual(trees[0]);
  expect(trees[2]).toEqual(trees[0]);
});
