import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { cli } from '../support/cli.ts';
import { tinyService } from '../support/tiny-service.ts';

let home: string;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'cloudnative-pull-secret-'));
  const manifests = join(await tinyService(home, 'orders'), 'deploy/kubernetes');
  await mkdir(manifests, { recursive: true });
  const settings = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: orders}\n';
  await writeFile(join(manifests, 'configmap.yaml'), settings);
  const staging = '{target: kubernetes, context: nowhere, namespace: shop}';
  const text = `version: 1\nname: shop\nservices: [orders]\nenvironments: {local: {target: process}, staging: ${staging}}\n`;
  await writeFile(join(home, 'cloudnative.yaml'), `${text}defaultEnvironment: local\n`);
});
afterAll(() => rm(home, { recursive: true }));

it.each([
  [[], 2, /--pull-secret are about objects of a cluster .*E_USAGE/],
  [['-e', 'staging'], 4, /E_NO_REGISTRY/],
] as const)('is refused before anything is done: deploy --pull-secret %j', async (args, code, text) => {
  const result = await cli(['deploy', '--pull-secret', '--yes', ...args], { cwd: home, env: { HOME: home } });
  expect({ code: result.code, stdout: result.stdout }).toEqual({ code, stdout: '' });
  expect(result.stderr).toMatch(text);
});
