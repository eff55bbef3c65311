import { execFileSync } from 'node:child_process';
import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadWorkspace } from '../../../src/workspace/load.ts';
import { problems } from './load-problems.ts';
import { tempTree } from './temp-tree.ts';

const workspace =
  'version: 1\nname: shop\nregistry: a\nservices: [services/*]\nenvironments: {local: {target: process}}\n';
const catalog = 'name: catalog\nlanguage: go\n';

describe('hostile input', () => {
  const bomb = ['a: &a [1, 1, 1, 1, 1, 1, 1, 1, 1]'];
  for (const name of 'bcdefghij') {
    const before = String.fromCharCode(name.charCodeAt(0) - 1);
    bomb.push(`${name}: &${name} [${Array(9).fill(`*${before}`).join(', ')}]`);
  }
  const cases: [string, string | Buffer, RegExp][] = [
    [
      '__proto__',
      'name: a\nlanguage: ts\nenv: {__proto__: x}\n',
      /service\.yaml:3:7 {2}the key "__proto__" is not/,
    ],
    ['an alias bomb', bomb.join('\n'), /aliases expand to too much data/],
    ['a scalar of 50 MB', `name: ${'a'.repeat(50_000_000)}`, /at most 131072 are read/],
    ['10,000 lists in one another', `name: ${'['.repeat(10_000)}`, /nested more than 64 levels deep/],
    ['10,000 compact lists', '- '.repeat(10_000), /nested more than 64 levels deep/],
    ['10,000 keys', Array.from({ length: 10_000 }, (_, i) => `k${i}: 1`).join('\n'), /name is missing/],
    ['bytes that are no text', Buffer.from([0x6e, 0xff, 0xfe, 0x00]), /not UTF-8/],
    ['nothing', '', /must be a mapping, not empty/],
  ];
  test.each(cases)('%s is refused before long', async (_, text, message) => {
    const root = await tempTree({ 'service.yaml': text });
    await problems(await tempTree({ 'service.yaml': '' }));
    const started = performance.now();
    const [first] = await problems(root);
    expect(performance.now() - started).toBeLessThan(10_000);
    expect(first).toMatch(message);
  });

  test('links that lead out of the workspace or the service are refused', async () => {
    const outside = await tempTree({ 'evil/service.yaml': catalog, 'context/x': '' });
    const root = await tempTree({
      'cloudnative.yaml': workspace,
      'services/orders/service.yaml': 'name: orders\nlanguage: ts\nimage: {context: up, dockerfile: up/x}\n',
    });
    await symlink(join(outside, 'evil'), join(root, 'services/evil'));
    expect(await problems(root)).toEqual(['cloudnative.yaml:4:12  services/evil leads out of the workspace']);

    const staging =
      '\n  st: {target: kubernetes, context: k, namespace: n, services: {orders: {manifests: deploy/up}}}\n';
    const second = await tempTree({
      'cloudnative.yaml': workspace.replace(
        '{local: {target: process}}\n',
        `\n  local: {target: process}${staging}`,
      ),
      'services/orders/service.yaml': 'name: orders\nlanguage: ts\nimage: {context: up, dockerfile: up/x}\n',
    });
    await symlink(join(outside, 'context'), join(second, 'services/orders/up'));
    await mkdir(join(second, 'services/orders/deploy'));
    await symlink('/', join(second, 'services/orders/deploy/kubernetes'));
    await symlink(outside, join(second, 'services/orders/deploy/up'));
    expect(await problems(second)).toEqual([
      'cloudnative.yaml:7:85  environments.st.services.orders.manifests is a link that leads out of the workspace',
      'services/orders/service.yaml:1:1  kubernetes.manifests is a link that leads out of the workspace',
      "services/orders/service.yaml:3:18  image.context is a link that leads out of the service's folder",
      "services/orders/service.yaml:3:34  image.dockerfile is a link that leads out of the service's folder",
    ]);
  });

  test('a pipe or a folder in place of a file is not waited for', async () => {
    const root = await tempTree({ 'service.yaml': catalog });
    await mkdir(join(root, 'below/cloudnative.yaml'), { recursive: true });
    execFileSync('mkfifo', [join(root, 'below/service.yaml')]);
    expect((await loadWorkspace(join(root, 'below'))).name).toBe('catalog');
  });
});
