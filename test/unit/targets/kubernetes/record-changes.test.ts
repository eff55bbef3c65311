import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { KubernetesObject } from '../../../../src/core/kubernetes-object.ts';
import { addressKey } from '../../../../src/targets/kubernetes/address.ts';
import {
  type AppRecord,
  type Member,
  memberLines,
} from '../../../../src/targets/kubernetes/record/app-record.ts';
import { recordChanges } from '../../../../src/targets/kubernetes/record/record-changes.ts';
import { membersNow } from '../../../../src/targets/kubernetes/record/write-record.ts';
import type { RecordStep } from '../../../../src/targets/kubernetes/step.ts';

/** One object through a deploy: what the record says before, what the plan does with it. */
const story = fc.record({
  recorded: fc.constantFrom('no', 'right', 'with an old uid', 'without uid'),
  fate: fc.constantFrom('create', 'update', 'none', 'remove', 'forget', 'stay'),
});
const member = (name: string, uid?: string): Member => ({
  group: '',
  kind: 'ConfigMap',
  namespace: 'shop',
  name,
  ...(uid ? { uid } : {}),
});
const names = (members: readonly Member[]) => members.map(addressKey).sort();

describe('recordChanges', () => {
  it('names a superset first and exactly what is there at the end', () => {
    fc.assert(
      fc.property(fc.array(story, { maxLength: 8 }), fc.boolean(), (stories, exists) => {
        const all = stories.map(({ recorded, fate }, index) => {
          const isNew = fate === 'create';
          const noted = { right: `uid-${index}`, 'with an old uid': 'old' }[recorded as string];
          const before = exists && recorded !== 'no' ? member(`m${index}`, noted) : undefined;
          const live = member(`m${index}`, isNew ? undefined : `uid-${index}`);
          return { before, live, fate, id: `ConfigMap/m${index}` };
        });
        const record: AppRecord | undefined = exists
          ? { members: all.flatMap(({ before }) => before ?? []), resourceVersion: '1' }
          : undefined;
        const applied = all
          .filter(({ fate }) => ['create', 'update', 'none'].includes(fate))
          .map(({ live, id, fate }) => ({ member: live, change: id, action: fate as 'create' }));
        const gone = all.filter(({ before, fate }) => before && fate === 'remove');
        const removed = gone.map(({ before, id }) => ({ member: before!, change: id }));
        const forgotten = all.flatMap(({ before, fate }) => (before && fate === 'forget' ? [before] : []));
        const { before, after } = recordChanges(
          { record, applied, removed, forgotten, others: [] },
          'record',
        );

        const first = before ? (before.desired as RecordStep).members : (record?.members ?? []);
        const mayBe = [...(record?.members ?? []), ...applied.map((one) => one.member)];
        if (record || applied.length > 0) expect(new Set(names(first))).toEqual(new Set(names(mayBe)));

        const made = new Map(
          all.map(({ id }, index) => [
            id,
            { metadata: { uid: `uid-${index}` } } as unknown as KubernetesObject,
          ]),
        );
        const done = { applied: made, removed: new Set(gone.map(({ id }) => id)) };
        const last = after ? membersNow(after.desired as RecordStep, done) : first;
        const there = all.filter(
          ({ before: old, fate }) =>
            ['create', 'update', 'none'].includes(fate) || (old !== undefined && fate === 'stay'),
        );
        if (record || applied.length > 0) expect(names(last)).toEqual(names(there.map(({ live }) => live)));
        for (const one of applied) {
          const uid = `uid-${/\d+/.exec(one.change)![0]}`;
          expect(last.find(({ name }) => name === one.member.name)?.uid).toBe(uid);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('writes nothing when nothing changes, and nothing for an app that was never recorded', () => {
    const members = [member('a', '1'), member('b', '2')];
    const applied = members.map((one) => ({ member: one, change: one.name, action: 'none' as const }));
    const unchanged = {
      record: { members, resourceVersion: '1' },
      applied,
      removed: [],
      forgotten: [],
      others: [],
    };
    expect(recordChanges(unchanged, 'record')).toEqual({});
    const destroyed = {
      record: undefined,
      applied: [],
      removed: [{ member: members[0]!, change: 'a' }],
      forgotten: [],
      others: [],
    };
    expect(recordChanges(destroyed, 'record')).toEqual({});
  });

  it('keeps what a run without removals has left', () => {
    const members = [member('a', '1')];
    const removed = [{ member: members[0]!, change: 'ConfigMap/a' }];
    const { after } = recordChanges(
      { record: { members, resourceVersion: '1' }, applied: [], removed, forgotten: [], others: [] },
      'record',
    );
    expect(after).toMatchObject({ action: 'remove', bookkeeping: true });
    const now = membersNow(after!.desired as RecordStep, { applied: new Map(), removed: new Set() });
    expect(memberLines(now)).toBe(memberLines(members));
  });

  it('refuses more members than its ConfigMap can hold before anything is written', () => {
    const planned = (count: number) => {
      const applied = Array.from({ length: count }, (_, index) => ({
        member: { ...member(`${'n'.repeat(60)}-${index}`), service: 'orders' },
        change: `ConfigMap/${index}`,
        action: 'create' as const,
      }));
      const nothing = { record: undefined, removed: [], forgotten: [], others: [] };
      return () => recordChanges({ applied, ...nothing }, 'cloudnative.shop.staging');
    };
    expect(planned(4000)).not.toThrow();
    expect(planned(6000)).toThrow('6000 objects are more than one app can have');
  });
});
