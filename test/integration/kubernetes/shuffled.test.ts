import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Plan } from '../../../src/core/change.ts';
import { labSuite } from '../../support/lab.ts';
import { comesBefore } from '../../support/order-tree.ts';
import { figure, long, randomNumbers } from '../../support/trials.ts';
import { type App, deploy, destroy, openApp, openTarget } from './support/app.ts';
import { faultProxy } from './support/fault-proxy.ts';
import { plainCluster, writeKubeconfig } from './support/kubeconfig.ts';
import { kubectl } from './support/kubectl.ts';
import { serviceManifests } from './support/manifests.ts';
import { things } from './support/things.ts';

const seed = Math.floor(Math.random() * 1e9);
const rounds = long ? 100 : 4;

labSuite('kubernetes target', ['kubeconfig', 'kubectl'], () => {
  let app: App;
  let group: string;
  beforeAll(async () => {
    app = await openApp();
    group = `${app.namespace}.example.com`;
  });
  afterAll(async () => {
    await kubectl(['delete', 'crd', `things.${group}`, '--ignore-not-found', '--wait=false']);
    await app.close();
  });

  /** The same objects, in another order and in other files. */
  const shuffled = (documents: readonly string[], random: () => number) => {
    const order = [...documents].map((text) => ({ text, at: random() })).sort((a, b) => a.at - b.at);
    const files: Record<string, string[]> = { 'a.yaml': [], 'b.yml': [], 'c.yaml': [] };
    for (const { text } of order) Object.values(files)[Math.floor(random() * 3)]!.push(text);
    const filled = Object.entries(files).filter(([, texts]) => texts.length > 0);
    return Object.fromEntries(filled.map(([name, texts]) => [name, texts.join('---\n')]));
  };
  /** A plan without where in which file its objects were. */
  const meaning = ({ changes }: Plan) =>
    // Without the record, which knows what the round before has left.
    changes
      .filter(({ bookkeeping }) => !bookkeeping)
      .map(({ desired, after, ...change }) => ({
        ...change,
        after: after.filter((id) => !changes.some((one) => one.id === id && one.bookkeeping)),
        desired: { ...(desired as object), at: undefined },
      }));

  test('however the documents are shuffled, the plan is the same, and so are the requests', async () => {
    const random = randomNumbers(seed);
    const { definition, thing } = things(group);
    const manifests = [
      ...Object.values(serviceManifests('orders', { replicas: 0 })),
      ...Object.values(serviceManifests('catalog', { replicas: 0 })),
      definition(),
      thing('one'),
      thing('two'),
      thing('three'),
    ];
    const documents = manifests.flatMap((text) => text.split(/^---\n/m)).filter((text) => text.trim());
    const runs: { plan: ReturnType<typeof meaning>; requests: string[]; writes: string[] }[] = [];
    for (let round = 0; round < rounds; round++) {
      const proxy = await faultProxy(() => undefined);
      const kubeconfig = await writeKubeconfig(app.folder, { cluster: plainCluster(proxy.url) });
      const target = openTarget(app.namespace, { kubeconfig });
      const image = 'nowhere.invalid/orders:1';
      const service = await app.service('orders', { image, files: shuffled(documents, random) });
      const plan = await deploy(target, [service]);
      // How often something is looked at until it is ready depends on the server, as does which of two answers comes first.
      const own = /\/leases|\/configmaps(\?|\/cloudnative\.)/; // the lock, and the record
      const requests = proxy.seen.filter((line) => !line.startsWith('GET ') && !own.test(line));
      const writes = requests
        .filter((line) => !line.includes('dryRun'))
        .map((line) => line.replace(/\?.*/, ''));
      runs.push({ plan: meaning(plan), requests: [...requests].sort(), writes });
      await destroy(target);
      await target.close();
      await proxy.close();
      await kubectl(['delete', 'crd', `things.${group}`]);
    }
    const [first] = runs;
    const same = runs.filter(({ requests }) => isDeepStrictEqual(requests, first!.requests)).length;
    figure('K7', `${rounds} shuffles of ${documents.length} documents: ${same} with the same requests`, seed);
    expect(first!.writes).toHaveLength(documents.length);
    for (const { plan, requests, writes } of runs) {
      expect(plan).toEqual(first!.plan);
      expect(requests).toEqual(first!.requests);
      expectInOrder(plan, writes);
    }
  }, 3_600_000);
});

/** Every write after those of the changes that come before its own. */
function expectInOrder(
  plan: readonly { id: string; after: readonly string[]; desired: object }[],
  writes: readonly string[],
): void {
  const order = new Map(plan.map(({ id, after }) => [id, after]));
  // The record is not among the writes that are looked at.
  const objects = plan.filter(({ desired }) => 'path' in desired);
  const at = new Map(
    objects.map(({ id, desired }) => [id, writes.indexOf(`PATCH ${(desired as { path: string }).path}`)]),
  );
  expect([...at.values()]).not.toContain(-1);
  for (const id of at.keys())
    for (const other of at.keys())
      if (comesBefore(id, other, order)) expect(at.get(id)).toBeLessThan(at.get(other)!);
}
