import { afterEach, expect, test } from 'vitest';
import { history } from '../../../src/actions/history.ts';
import type { Environment } from '../../../src/workspace/model.ts';
import { lab, labSuite } from '../../support/lab.ts';
import { type App, destroy, openApp } from './support/app.ts';
import { kubectl } from './support/kubectl.ts';
import { deploy, results, rollback, thrownBy } from './support/releases.ts';

const image =
  'nowhere.invalid/orders@sha256:0000000000000000000000000000000000000000000000000000000000000000';

labSuite('kubernetes target', ['kubeconfig', 'kubectl'], () => {
  let app: App;
  afterEach(() => app.close());

  const map = (service: string, value: string) =>
    app.service(service, {
      image,
      files: {
        'a.yaml': `{apiVersion: v1, kind: ConfigMap, metadata: {name: ${service}}, data: {KEY: "${value}"}}`,
      },
    });
  const headOf = (number: number) => `cloudnative.shop.staging.release.${number}`;
  const damage = async (number: number, text = 'broken') => {
    const data = { release: Buffer.from(text).toString('base64') };
    await kubectl(['patch', 'secret', headOf(number), '-n', app.namespace, '-p', JSON.stringify({ data })]);
  };
  const value = (service: string) =>
    kubectl(['get', 'configmap', service, '-n', app.namespace, '-o', 'jsonpath={.data.KEY}']);

  test('a deploy of the whole app goes on beside them, and nothing goes back to them', async () => {
    app = await openApp();
    await deploy(app.target, [await map('orders', '1')]);
    await deploy(app.target, [await map('orders', '2')]);
    await damage(1);
    expect(await deploy(app.target, [await map('orders', '3')])).toMatchObject({ release: 3 });
    await damage(3, JSON.stringify({ format: 1, number: 3, parts: 1, run: 'a', result: 'deployed' }));
    expect(await deploy(app.target, [await map('orders', '4')])).toMatchObject({ release: 4 });
    expect(await results(app.target)).toEqual(['4 deployed', '3 damaged', '2 deployed', '1 damaged']);
    const environment = { name: 'staging' } as Environment;
    expect((await history({ environment, target: app.target })).map(({ state }) => state)).toEqual([
      'live',
      'damaged',
      'superseded',
      'damaged',
    ]);
    expect(await thrownBy(rollback(app.target, 3))).toMatchObject({
      code: 'E_RELEASE_DAMAGED',
      exit: 'notFound',
      message: 'release 3 is damaged',
    });
    expect(await rollback(app.target)).toMatchObject({ to: 2, release: 5 });
    expect(await value('orders')).toBe('2');
    await destroy(app.target);
    expect(await results(app.target)).toEqual([]);
  });

  test('what other services were given is not guessed: the error names what repairs it', async () => {
    app = await openApp();
    await deploy(app.target, [await map('orders', '1'), await map('catalog', '1')]);
    await deploy(app.target, [await map('orders', '2'), await map('catalog', '2')]);
    await damage(2);
    expect(await thrownBy(rollback(app.target))).toMatchObject({ code: 'E_RELEASE_DAMAGED' });
    const failing = { ...app.target, verdict: async () => ({ readiness: 'failed', reason: 'no' }) as const };
    const all = [await map('orders', '3'), await map('catalog', '3')];
    expect(await thrownBy(deploy(failing, all, { rollbackOnFailure: true }))).toMatchObject({
      data: { rollback: { ok: false, error: { code: 'E_RELEASE_DAMAGED' } } },
    });
    const refusal = await thrownBy(deploy(app.target, [await map('orders', '4')]));
    expect(refusal).toMatchObject({
      code: 'E_RELEASE_DAMAGED',
      message: 'release 2 is damaged',
      why: expect.stringContaining('catalog'),
    });
    expect(await value('orders')).toBe('3');
    const repair = `kubectl --context ${lab.context} --kubeconfig ${lab.kubeconfig} -n ${app.namespace} delete secret ${headOf(2)}`;
    expect(refusal.hints).toContain(`to forget it: ${repair}`);
    await kubectl(repair.split(' ').slice(1));
    expect(await deploy(app.target, [await map('orders', '4')])).toMatchObject({ release: 4 });
    expect(await rollback(app.target)).toMatchObject({ to: 1 });
  });

  test('one whose Secret lost its labels is in the way of its number until it is deleted as told', async () => {
    app = await openApp();
    await deploy(app.target, [await map('orders', '1')]);
    await kubectl(['label', 'secret', headOf(1), '-n', app.namespace, 'cloudnative.dev/part-']);
    const { hints } = await thrownBy(deploy(app.target, [await map('orders', '2')]));
    const repair = `kubectl --context ${lab.context} --kubeconfig ${lab.kubeconfig} -n ${app.namespace} delete secret ${headOf(1)}`;
    expect(hints?.join('\n')).toContain(repair);
    await kubectl(repair.split(' ').slice(1));
    expect(await deploy(app.target, [await map('orders', '2')])).toMatchObject({ release: 1 });
  });
});
