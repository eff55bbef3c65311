import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { KubernetesObject } from '../../../../src/core/kubernetes-object.ts';
import { prune } from '../../../../src/plan/prune.ts';
import { type Address, addressKey } from '../../../../src/targets/kubernetes/address.ts';
import { asRecorded, guardedKinds } from '../../../../src/targets/kubernetes/prune/as-recorded.ts';
import { type Member, recordPlace } from '../../../../src/targets/kubernetes/record/app-record.ts';
import { figure } from '../../../support/trials.ts';

const cluster = { scope: { app: 'shop', environment: 'staging' }, namespace: 'shop' };
const { setId } = recordPlace(cluster);
const guarded = Object.keys(guardedKinds);
const services = ['orders', 'catalog', undefined] as const;
const labelSets = {
  ours: {
    'applyset.kubernetes.io/part-of': setId,
    'cloudnative.dev/app': 'shop',
    'cloudnative.dev/environment': 'staging',
  },
  'another app': {
    'applyset.kubernetes.io/part-of': setId,
    'cloudnative.dev/app': 'bank',
    'cloudnative.dev/environment': 'staging',
  },
  'another environment': {
    'applyset.kubernetes.io/part-of': setId,
    'cloudnative.dev/app': 'shop',
    'cloudnative.dev/environment': 'live',
  },
  'another set': {
    'applyset.kubernetes.io/part-of': 'applyset-AAAA-v1',
    'cloudnative.dev/app': 'shop',
    'cloudnative.dev/environment': 'staging',
  },
  'only the set': { 'applyset.kubernetes.io/part-of': setId },
  'only the app': { 'cloudnative.dev/app': 'shop', 'cloudnative.dev/environment': 'staging' },
  none: {},
};

/** Most are ours, so that there is something to remove. */
const ours = <const T extends string>(times: number, what: T): T[] => Array<T>(times).fill(what);

/** One object of a random cluster, with what everybody says of it. */
const thing = fc.record({
  kind: fc.constantFrom(...ours(3, 'ConfigMap'), 'Deployment', 'ClusterRole', ...guarded),
  labels: fc.constantFrom(...ours(14, 'ours'), ...(Object.keys(labelSets) as (keyof typeof labelSets)[])),
  there: fc.constantFrom(true, true, true, false),
  recorded: fc.constantFrom(...ours(4, 'with uid'), 'no', 'with another uid', 'without uid'),
  applied: fc.boolean(),
  desired: fc.constantFrom(...ours(8, 'no'), 'yes', 'under another kind'),
  service: fc.constantFrom(...services),
  keep: fc.constantFrom(...ours(8, ''), 'cloudnative.dev/prune', 'helm.sh/resource-policy'),
  owner: fc.constantFrom(...ours(6, 'none'), 'a member', 'a stranger'),
  inside: fc.constantFrom<string>('shop', 'extra'),
});
type Thing = typeof thing extends fc.Arbitrary<infer T> ? T : never;

const run = fc.record({
  things: fc.array(thing, { maxLength: 20, size: 'max' }),
  services: fc.constantFrom<readonly string[] | undefined>(undefined, ['orders'], ['orders', 'catalog']),
  named: fc.subarray(guarded),
});

/** What the planner says, for each thing by its index; undefined for what the record does not have. */
function planned({
  things,
  services: chosen,
  named,
}: {
  things: Thing[];
  services?: readonly string[];
  named: string[];
}) {
  const members = things.flatMap((one, index) => memberOf(one, index) ?? []);
  const own = new Set([...members.flatMap(({ uid }) => uid ?? []), 'member']);
  const wanted = things.flatMap((one, index) => (one.desired === 'no' ? [] : [{ one, index }]));
  const desired = new Set(
    wanted.flatMap(({ one, index }) => (one.desired === 'yes' ? [addressKey(addressOf(one, index))] : [])),
  );
  const unwanted = members.filter((member) => !desired.has(addressKey(member)));
  const recorded = unwanted.map((member) => {
    const index = Number(/\d+$/.exec(member.name)![0]);
    const object = things[index]!.there ? liveObject(things[index]!, index) : undefined;
    return asRecorded({ member, path: '', object }, own, cluster);
  });
  const outcomes = prune(recorded, {
    services: chosen,
    wanted: new Set(wanted.map(({ index }) => `uid-${index}`)),
    occupied: new Set(['shop', ...wanted.map(({ one }) => one.inside)]),
    guarded: guardedKinds,
    named,
  });
  return new Map(unwanted.map(({ name }, at) => [Number(/\d+$/.exec(name)![0]), outcomes[at]!]));
}

describe('pruning', () => {
  it('removes only what both the label and the record call ours, in 1,000 random clusters', () => {
    let removals = 0;
    const seed = Date.now() % 2 ** 31;
    fc.assert(
      fc.property(run, (cluster) => {
        for (const [index, outcome] of planned(cluster)) {
          if (outcome.do !== 'remove') continue;
          removals++;
          const one = cluster.things[index]!;
          expect(one.there).toBe(true);
          expect(one.labels).toBe('ours');
          expect(one.recorded === 'with uid' || (one.recorded === 'without uid' && one.applied)).toBe(true);
          expect(one.desired).toBe('no');
          expect(one.keep).toBe('');
          expect(one.owner).not.toBe('a stranger');
          if (cluster.services) expect(cluster.services).toContain(one.service);
          if (guarded.includes(one.kind)) expect(cluster.named).toContain(one.kind);
        }
      }),
      { numRuns: 1000, seed },
    );
    figure('P1', `1,000 random clusters, planned: ${removals} removals, 0 of others`, seed);
    expect(removals).toBeGreaterThan(500);
  });

  it('removes all of that: nothing of ours is forgotten while it is there', () => {
    fc.assert(
      fc.property(run, (cluster) => {
        for (const [index, outcome] of planned(cluster)) {
          const { there, labels, recorded, applied, desired, keep, owner, kind, service } =
            cluster.things[index]!;
          const chosen = !cluster.services || cluster.services.includes(service!);
          const isSame = recorded === 'with uid' || applied;
          const ours =
            there && labels === 'ours' && isSame && recorded !== 'with another uid' && desired === 'no';
          if (!ours) continue;
          expect(outcome.do).not.toBe('forget');
          const free = chosen && keep === '' && owner !== 'a stranger' && !guarded.includes(kind);
          if (free) expect(outcome.do).toBe('remove');
          else if (outcome.do === 'keep' && chosen) expect(outcome.note).toMatch(/^kept: /);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('removes no claim, volume, namespace or definition that is not named, in 1,000 random plans', () => {
    fc.assert(
      fc.property(run, (cluster) => {
        for (const [index, { do: what }] of planned({ ...cluster, named: [] }))
          if (guarded.includes(cluster.things[index]!.kind)) expect(what).not.toBe('remove');
      }),
      { numRuns: 1000 },
    );
  });

  it('removes no namespace, though named, while anything that stays is in it', () => {
    const member: Thing = {
      kind: 'ConfigMap',
      labels: 'ours',
      there: true,
      recorded: 'with uid',
      applied: true,
      desired: 'no',
      service: 'orders',
      keep: '',
      owner: 'none',
      inside: 'ns-0',
    };
    const home: Thing = { ...member, kind: 'Namespace' };
    const withInside = (inside: Partial<Thing>) =>
      planned({ things: [home, { ...member, ...inside } as Thing], named: ['Namespace'] }).get(0);
    expect(withInside({})).toEqual({ do: 'remove' });
    expect(withInside({ desired: 'yes' })).toMatchObject({
      do: 'keep',
      note: expect.stringContaining('in it'),
    });
    expect(withInside({ keep: 'cloudnative.dev/prune' })).toMatchObject({ do: 'keep' });
    expect(withInside({ kind: 'PersistentVolumeClaim' })).toMatchObject({ do: 'keep' });
  });

  it('keeps what cannot be looked at', () => {
    const recorded = { kind: 'Widget', found: 'the server of Widget does not answer' };
    const scope = {
      wanted: new Set<string>(),
      occupied: new Set<string>(),
      guarded: guardedKinds,
      named: [],
    };
    expect(prune([recorded], scope)).toEqual([
      { do: 'keep', note: 'kept: the server of Widget does not answer' },
    ]);
  });
});

function addressOf({ kind, inside }: Thing, index: number): Address {
  const clusterWide = ['ClusterRole', 'Namespace', 'CustomResourceDefinition', 'PersistentVolume'];
  const group = { Deployment: 'apps', ClusterRole: 'rbac.authorization.k8s.io' }[kind] ?? '';
  const name = kind === 'Namespace' ? `ns-${index}` : `name-${index}`;
  return { group, kind, name, ...(clusterWide.includes(kind) ? {} : { namespace: inside }) };
}

function memberOf(one: Thing, index: number): Member | undefined {
  if (one.recorded === 'no') return undefined;
  const uids = { 'with uid': `uid-${index}`, 'with another uid': `old-${index}`, 'without uid': undefined };
  const uid = uids[one.recorded];
  return { ...addressOf(one, index), ...(uid ? { uid } : {}), service: one.service };
}

function liveObject(one: Thing, index: number): KubernetesObject {
  const { group, kind, namespace, name } = addressOf(one, index);
  const owner = { kind: 'Widget', name: 'w', uid: one.owner === 'a member' ? 'member' : 'stranger' };
  return {
    apiVersion: group ? `${group}/v1` : 'v1',
    kind,
    metadata: {
      name,
      ...(namespace ? { namespace } : {}),
      uid: `uid-${index}`,
      labels: labelSets[one.labels],
      ...(one.keep ? { annotations: { [one.keep]: 'keep' } } : {}),
      ...(one.owner === 'none' ? {} : { ownerReferences: [owner] }),
      managedFields: one.applied ? [{ manager: 'cloudnative', operation: 'Apply', fieldsV1: {} }] : [],
    },
  };
}
