import fc from 'fast-check';
import { expect, test } from 'vitest';
import { labSuite } from '../../support/lab.ts';
import { figure, long } from '../../support/trials.ts';
import { type App, changed, deploy, openApp } from './support/app.ts';
import { kubectl } from './support/kubectl.ts';
import { configMaps, presentMaps } from './support/record.ts';

const image =
  'nowhere.invalid/orders@sha256:0000000000000000000000000000000000000000000000000000000000000000';
const clusters = long ? 60 : 12;

/** What happens to an object between two deploys. `stranger` was never deployed, and bears copied labels. */
const fates = ['left alone', 'relabelled', 'unlabelled', 'made anew', 'kept', 'stranger'] as const;
const thing = fc.record({
  fate: fc.constantFrom(...Array<'left alone'>(8).fill('left alone'), ...fates),
  service: fc.constantFrom('orders', 'catalog'),
  stays: fc.boolean(),
});

labSuite('kubernetes target', ['kubeconfig', 'kubectl'], () => {
  test(`removes only its own, in ${clusters} random namespaces`, async () => {
    const seed = Date.now() % 2 ** 31;
    let removals = 0;
    const property = fc.asyncProperty(
      fc.array(thing, { minLength: 6, maxLength: 14 }),
      fc.constantFrom(['orders'], ['orders', 'catalog']),
      async (things, services) => {
        const app = await openApp();
        try {
          removals += await check(app, things, services);
        } finally {
          await app.close();
        }
      },
    );
    await fc.assert(property, { seed, numRuns: clusters, endOnFailure: true });
    figure('P1', `${clusters} random namespaces of the cluster: ${removals} removals, 0 of others`, seed);
    expect(removals).toBeGreaterThan(0);
  }, 1_800_000);
});

type Thing = typeof thing extends fc.Arbitrary<infer T> ? T : never;

/** Deploys, lets things happen, deploys some services again; returns how many objects were removed. */
async function check(app: App, things: readonly Thing[], services: readonly string[]): Promise<number> {
  const named = things.map((one, index) => ({ ...one, name: `m${index}` }));
  const own = named.filter(({ fate }) => fate !== 'stranger');
  const service = (name: string, mine: typeof named) =>
    app.service(name, { image, files: configMaps(`base-${name}`, ...mine.map((one) => one.name)) });
  const of = (name: string) => own.filter((one) => one.service === name);
  const both = await Promise.all(['orders', 'catalog'].map((name) => service(name, of(name))));
  await deploy(app.target, both);
  await happen(app.namespace, named);
  const before = await presentMaps(app.namespace);

  const again = await Promise.all(
    services.map((name) =>
      service(
        name,
        of(name).filter(({ stays }) => stays),
      ),
    ),
  );
  const goes = own.filter(
    ({ stays, fate, service: name }) => !stays && fate === 'left alone' && services.includes(name),
  );
  const blocked = own.some(
    ({ stays, fate, service: name }) => stays && fate === 'relabelled' && services.includes(name),
  );
  const plan = await deploy(app.target, again).catch((error: unknown) => {
    // An object of another app that the manifests still have stops the deploy, before anything is removed.
    expect(blocked, String(error)).toBe(true);
    return undefined;
  });
  const after = new Set((await presentMaps(app.namespace)).values());
  const lost = [...before].filter(([, uid]) => !after.has(uid)).map(([name]) => name);
  const expected = plan ? goes.map(({ name }) => `ConfigMap/${name}`) : [];
  expect(lost).toEqual(expected.sort());
  if (plan)
    expect(Object.values(changed(plan)).filter((action) => action === 'remove')).toHaveLength(goes.length);
  return lost.length;
}

async function happen(namespace: string, things: readonly (Thing & { name: string })[]): Promise<void> {
  const named = (fate: Thing['fate']) => things.filter((one) => one.fate === fate).map(({ name }) => name);
  const each = async (fate: Thing['fate'], verb: string, ...args: string[]) => {
    const names = named(fate);
    if (names.length > 0) await kubectl([verb, 'configmap', ...names, '-n', namespace, ...args]);
  };
  const metadata = { labels: { 'cloudnative.dev/app': 'shop', 'cloudnative.dev/environment': 'staging' } };
  const create = async (names: string[]) => {
    const items = names.map((name) => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name, ...metadata },
    }));
    if (names.length === 0) return;
    await kubectl(['create', '-n', namespace, '-f', '-'], {
      input: JSON.stringify({ apiVersion: 'v1', kind: 'List', items }),
    });
  };
  await create(named('stranger'));
  await each('relabelled', 'label', '--overwrite', 'cloudnative.dev/app=bank');
  await each('unlabelled', 'label', 'applyset.kubernetes.io/part-of-');
  await each('kept', 'annotate', 'cloudnative.dev/prune=keep');
  await each('made anew', 'delete');
  await create(named('made anew'));
}
