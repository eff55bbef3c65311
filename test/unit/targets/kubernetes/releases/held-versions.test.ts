import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ExpectedError } from '../../../../../src/core/errors.ts';
import { labels } from '../../../../../src/core/labels.ts';
import type { Cluster } from '../../../../../src/targets/kubernetes/cluster.ts';
import { kubectlCommand } from '../../../../../src/targets/kubernetes/kubectl-command.ts';
import { planPrune } from '../../../../../src/targets/kubernetes/prune/plan-prune.ts';
import { type Member, recordPlace } from '../../../../../src/targets/kubernetes/record/app-record.ts';
import { applySet } from '../../../../../src/targets/kubernetes/record/apply-set.ts';
import { heldVersions } from '../../../../../src/targets/kubernetes/releases/held-versions.ts';

const place = { scope: { app: 'shop', environment: 'staging' }, namespace: 'shop' };
const kinds = ['configmaps', 'secrets', 'services'].map((name, index) => ({
  apiVersion: 'v1',
  group: '',
  kind: ['ConfigMap', 'Secret', 'Service'][index]!,
  name,
  namespaced: true,
  verbs: ['list', 'delete'],
}));

/** A cluster that has these members of the app, and releases that need these versions; undefined: it lets nobody read releases. */
function clusterWith(members: readonly Member[], held: readonly string[] | undefined): Cluster {
  const own = {
    [labels.app]: 'shop',
    [labels.environment]: 'staging',
    [applySet.partOf]: recordPlace(place).setId,
  };
  const head = {
    ...{ format: 1, number: 1, parts: 1, digest: 'd', run: 'a', result: 'deployed' },
    ...{ at: '2026-01-01T00:00:00Z', who: 'ada', cause: { action: 'deploy' } },
    changes: { create: 1, update: 0, remove: 0, none: 0 },
    ...{ holds: [], versioned: held, services: [], images: [] },
  };
  const heads = [
    {
      metadata: { name: 'cloudnative.shop.staging.release.1' },
      data: { release: Buffer.from(JSON.stringify(head)).toString('base64') },
    },
  ];
  const api = {
    request: async ({ path, query }: { path: string; query?: { labelSelector?: string } }) => {
      const isHistory = query?.labelSelector?.includes(labels.release);
      if (isHistory && !held)
        throw new ExpectedError({ code: 'E_FORBIDDEN', exit: 'auth', message: 'secrets may not be listed' });
      const kind = kinds.find(({ name }) => path.endsWith(`/${name}`))?.kind;
      const items = members
        .filter((member) => member.kind === kind)
        .map(({ name, uid }) => ({ metadata: { name, namespace: 'shop', uid, labels: own } }));
      return { value: { items: isHistory ? heads : items, metadata: {} }, headers: {} };
    },
  };
  return {
    ...place,
    context: 'test',
    kubectl: kubectlCommand('test'),
    readiness: [],
    api: api as unknown as Cluster['api'],
    kinds: async () => ({ find: () => undefined, preferred: kinds, down: [] }),
  };
}

const member = (kind: string, name: string): Member => ({
  ...{ group: '', namespace: 'shop', service: 'orders' },
  ...{ kind, name, uid: `uid of ${kind} ${name}` },
});
const names = fc.constantFrom('a-0123456789', 'a-abcdefabcd', 'plain');
const anyMembers = fc.uniqueArray(
  fc.record({ kind: fc.constantFrom('ConfigMap', 'Secret', 'Service'), name: names }),
  { selector: ({ kind, name }) => `${kind}/${name}` },
);

const removedOf = async (members: readonly Member[], held: readonly string[] | undefined) => {
  const record = { members, resourceVersion: '1' };
  const request = { record, older: [], wanted: [], services: ['orders'], named: [], held: heldVersions };
  const { removed, forgotten, changes } = await planPrune(request, clusterWith(members, held));
  expect(forgotten).toEqual([]);
  expect(changes.map(({ action }) => action)).toEqual(removed.map(() => 'remove'));
  return removed.map((one) => `${one.member.kind}/${one.member.name}`).sort();
};

it('keeps the ConfigMaps and Secrets that a release needs as members, and lets everything else go', () =>
  fc.assert(
    fc.asyncProperty(anyMembers, fc.uniqueArray(names), async (some, held) => {
      const needed = held.flatMap((name) => [`ConfigMap/${name}`, `Secret/${name}`]);
      const ids = some.map(({ kind, name }) => `${kind}/${name}`);
      const members = some.map(({ kind, name }) => member(kind, name));
      expect(await removedOf(members, needed)).toEqual(ids.filter((id) => !needed.includes(id)).sort());
    }),
  ));

it('lets nothing go that is named after its content where the history may not be read', async () => {
  const members = [member('ConfigMap', 'a-0123456789'), member('ConfigMap', 'plain'), member('Service', 'a')];
  expect(await removedOf(members, undefined)).toEqual(['ConfigMap/plain', 'Service/a']);
});
