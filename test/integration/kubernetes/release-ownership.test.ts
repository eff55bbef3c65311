import { afterEach, expect, test } from 'vitest';
import { labSuite } from '../../support/lab.ts';
import { type App, destroy, openApp } from './support/app.ts';
import { kubectl } from './support/kubectl.ts';
import { deploy, results, thrownBy } from './support/releases.ts';

const image =
  'nowhere.invalid/orders@sha256:0000000000000000000000000000000000000000000000000000000000000000';

labSuite('kubernetes target', ['kubeconfig', 'kubectl'], () => {
  let app: App;
  afterEach(() => app.close());

  const orders = (text: string) => app.service('orders', { image, files: { 'a.yaml': text } });
  const map = (value: string) =>
    orders(`{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {KEY: "${value}"}}`);
  const secret = (name: string, labels: Record<string, string>) =>
    JSON.stringify({ apiVersion: 'v1', kind: 'Secret', metadata: { name, labels }, stringData: { a: 'b' } });
  const own = {
    'cloudnative.dev/app': 'shop',
    'cloudnative.dev/environment': 'staging',
    'cloudnative.dev/release': '7',
  };
  const secrets = async () =>
    (await kubectl(['get', 'secrets', '-n', app.namespace, '-o', 'name'])).trim().split('\n').filter(Boolean);

  test('a Secret of someone else that bears the labels of a release stays, at a deploy and at destroy', async () => {
    app = await openApp();
    await deploy(app.target, [await map('1')]);
    const foreign = {
      mine: own,
      'mine-head': { ...own, 'cloudnative.dev/part': 'head', 'cloudnative.dev/run': '01234567' },
      // The name of a part, but none that a release's writer gave.
      'cloudnative.shop.staging.release.7.01234567.1': own,
    };
    for (const [name, labels] of Object.entries(foreign))
      await kubectl(['create', '-n', app.namespace, '-f', '-'], { input: secret(name, labels) });
    const names = Object.keys(foreign).map((name) => `secret/${name}`);
    await deploy(app.target, [await map('2')]);
    expect(await secrets()).toEqual(expect.arrayContaining(names));
    expect(await results(app.target)).toEqual(['2 deployed', '1 deployed']);
    await destroy(app.target);
    expect((await secrets()).sort()).toEqual(names.sort());
  });

  test('manifests that pass for a release are refused before anything is written', async () => {
    app = await openApp();
    for (const label of ['release', 'part', 'run']) {
      const text = secret('mine', { [`cloudnative.dev/${label}`]: '2026-11' });
      expect(await thrownBy(deploy(app.target, [await orders(text)]))).toMatchObject({
        code: 'E_MANIFEST',
        exit: 'validation',
        why: [
          expect.stringContaining(
            `Secret/mine has the label cloudnative.dev/${label}, which cloudnative sets`,
          ),
        ],
      });
    }
    const named = await orders(secret('cloudnative.shop.staging.release.3', {}));
    expect(await thrownBy(deploy(app.target, [named]))).toMatchObject({
      code: 'E_MANIFEST',
      why: [expect.stringContaining('has the name of a release')],
    });
    expect(await secrets()).toEqual([]);
  });
});
