import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadWorkspace } from '../../../src/workspace/load.ts';
import { tempTree } from '../workspace/temp-tree.ts';
import { failure, make } from './make-service.ts';
import { readTree } from './read-tree.ts';

const workspace =
  'version: 1\nname: shop\nservices: [services/*]\nenvironments: {local: {target: process}}\n';

describe('what is there', () => {
  test.each([
    ['a folder with something in it', 'orders/notes.txt', /it holds notes.txt/],
    ['a file', 'orders', /not a folder/],
  ])('%s is left alone', async (_, path, why) => {
    const cwd = await tempTree({ [path]: 'mine' });
    const before = await readTree(cwd);
    const { code, exit, why: given } = (await failure(make({ name: 'orders', cwd }))).explanation;
    expect({ code, exit }).toEqual({ code: 'E_EXISTS', exit: 'conflict' });
    expect(given).toMatch(why);
    expect(await readTree(cwd)).toEqual(before);
  });

  test('an empty folder is used', async () => {
    const cwd = await tempTree();
    await mkdir(join(cwd, 'orders'));
    await make({ name: 'orders', cwd });
    expect((await loadWorkspace(join(cwd, 'orders'))).name).toBe('orders');
  });

  test.each([
    ['to a folder outside', 'outside'],
    ['to nowhere', 'nowhere'],
    ['to itself', 'orders'],
  ])('a link %s in place of the service is not followed', async (_, target) => {
    const root = await tempTree({ 'outside/keep': '', 'here/x': '' });
    const cwd = join(root, 'here');
    await symlink(target === 'orders' ? join(cwd, 'orders') : join(root, target), join(cwd, 'orders'));
    const before = await readTree(root);
    expect((await failure(make({ name: 'orders', cwd }))).explanation).toMatchObject({
      code: 'E_EXISTS',
      why: expect.stringContaining('it is a link'),
    });
    expect(await readTree(root)).toEqual(before);
  });

  test.each([
    ['outside', 'outside', /leads out of/],
    ['nowhere', 'nowhere', /leads nowhere/],
    ['in a circle', 'shop/services', /leads nowhere/],
  ])('a folder of services that is a link %s is not followed', async (_, target, message) => {
    const root = await tempTree({ 'outside/keep': '', 'shop/cloudnative.yaml': workspace });
    await symlink(join(root, target), join(root, 'shop/services'));
    const before = await readTree(root);
    const { explanation } = await failure(make({ name: 'orders', cwd: join(root, 'shop') }));
    expect(explanation).toMatchObject({
      code: 'E_LINK',
      exit: 'conflict',
      message: expect.stringMatching(message),
    });
    expect(await readTree(root)).toEqual(before);
  });

  test('a folder of services that is a link within the workspace is fine', async () => {
    const root = await tempTree({ 'cloudnative.yaml': workspace, 'src/keep': '' });
    await symlink('src', join(root, 'services'));
    await make({ name: 'orders', cwd: root });
    expect((await loadWorkspace(root)).services.map(({ name }) => name)).toEqual(['orders']);
  });
});

describe('hostile names', () => {
  test.each([
    ['../x', 'x'],
    ['..', undefined],
    ['/tmp/x', 'tmp-x'],
    ['.git/hooks', 'git-hooks'],
    ['a\0b', 'a-b'],
    ['CON', 'con'],
    ['orders.', 'orders'],
    ['a'.repeat(300), 'a'.repeat(63)],
    ['\u202Eorders', 'orders'],
    ['-rf', 'rf'],
    ['--force', 'force'],
    ['$(id)', 'id'],
    ['a\nb', 'a-b'],
    ['{{app}}', 'app'],
    ['__proto__', 'proto'],
    ['Orders', 'orders'],
    ['1orders', 'orders'],
    ['', undefined],
  ])('%j is refused and %j suggested', async (name, suggestion) => {
    const root = await tempTree({ 'here/.git/hooks/keep': '', 'x/keep': '', sentinel: 'same' });
    const before = await readTree(root);
    const { code, exit, hints } = (await failure(make({ name, cwd: join(root, 'here') }))).explanation;
    expect({ code, exit }).toEqual({ code: 'E_NAME', exit: 'usage' });
    expect(hints?.[0]).toMatch(suggestion ? `cloudnative new ${suggestion}` : /^choose a name/);
    expect(await readTree(root)).toEqual(before);
  });
});
