import { afterEach, beforeEach, expect, test } from 'vitest';
import type { KubernetesObject } from '../../../src/core/kubernetes-object.ts';
import { labSuite } from '../../support/lab.ts';
import { figure } from '../../support/trials.ts';
import { type App, changed, deploy, destroy, openApp } from './support/app.ts';
import type { Fault } from './support/fault-proxy.ts';
import { kubectl } from './support/kubectl.ts';
import { configMaps, labelled, recordMembers, recordName } from './support/record.ts';
import { stoppedAt } from './support/stopped-at.ts';

const image =
  'nowhere.invalid/orders@sha256:0000000000000000000000000000000000000000000000000000000000000000';
const faults: Fault[] = ['reset', 'lose-answer'];

labSuite('kubernetes target', ['kubeconfig', 'kubectl'], () => {
  let app: App;
  let foreign: string[];
  beforeEach(async () => {
    app = await openApp();
    await kubectl(['create', 'configmap', 'foreign', '-n', app.namespace]);
    foreign = await objects();
  });
  afterEach(() => app.close());

  const secret = { 'secret.yaml': 'apiVersion: v1\nkind: Secret\nmetadata: {name: s}\n' };
  const first = () =>
    app.service('orders', { image, files: { ...configMaps('a', 'b', 'c', 'd'), ...secret } });
  const second = () =>
    app.service('orders', { image, files: configMaps('a', ['b', 'labels: {team: a}'], 'e', 'f') });
  /** What is there, with uid and version; the record's own are another each time. */
  const objects = async () => {
    const text = await kubectl(['get', 'configmap,secret', '-n', app.namespace, '-o', 'json']);
    const { items } = JSON.parse(text) as { items: KubernetesObject[] };
    return items
      .filter(({ metadata }) => metadata.name !== recordName)
      .map(({ kind, metadata }) => `${kind}/${metadata.name} ${metadata.uid} ${metadata.resourceVersion}`)
      .sort();
  };
  const members = async () =>
    (await recordMembers(app.namespace))?.map(({ kind, name, uid }) => `${kind}/${name} ${uid ?? ''}`.trim());

  /** Nothing that bears our label is missing in the record; those that it cannot know the uid of yet are there without. */
  const expectSuperset = async () => {
    const known = await members();
    for (const line of known ? await labelled(app.namespace) : [])
      expect([line, line.split(' ')[0]].some((name) => known!.includes(name!))).toBe(true);
    if (!known) expect((await objects()).filter((line) => !foreign.includes(line))).toEqual([]);
  };

  test('at every write of a deploy that prunes, the record is a superset, and the next run makes it exact', async () => {
    let points = 0;
    for (const fault of faults) {
      for (let nth = 1, reached = true; reached; nth++) {
        await deploy(app.target, [await first()]);
        const services = [await second()];
        reached = await stoppedAt(app, nth, fault, (target, signal) => deploy(target, services, { signal }));
        if (reached) points++;
        await expectSuperset();
        await deploy(app.target, services);
        expect(await members()).toEqual(await labelled(app.namespace));
        expect((await members())!.map((line) => line.split(' ')[0])).toEqual(
          ['a', 'b', 'e', 'f'].map((name) => `ConfigMap/${name}`),
        );
        expect((await app.target.plan(services)).changes.map(({ action }) => action)).toEqual(
          Array(4).fill('none'),
        );
        expect(await objects()).toEqual(expect.arrayContaining(foreign));
      }
    }
    figure('P5', `a deploy that prunes, stopped at ${points} writes: each time a superset, then exact`);
    expect(points).toBeGreaterThanOrEqual(18);
  }, 600_000);

  test('at every write of a removal nothing is leaked', async () => {
    let points = 0;
    for (const fault of faults) {
      for (let nth = 1, reached = true; reached; nth++) {
        await deploy(app.target, [await first()]);
        reached = await stoppedAt(app, nth, fault, (target, signal) => destroy(target, undefined, signal));
        if (reached) points++;
        await expectSuperset();
        await destroy(app.target);
        expect(await members()).toBeUndefined();
        expect(await objects()).toEqual(foreign);
        expect(changed(await app.target.planRemoval())).toEqual({});
      }
    }
    figure('P5', `a removal, stopped at ${points} writes: nothing leaked, 0 foreign objects touched`);
    expect(points).toBeGreaterThanOrEqual(14);
  }, 600_000);
});
