// biome-ignore-all lint/suspicious/noTemplateCurlyInString: Go's templates look like those of JavaScript.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LabelSet } from '../../../../src/observability/relabel/label-set.ts';
import { compileRules } from '../../../../src/observability/relabel/relabel.ts';
import type { RelabelConfig } from '../../../../src/observability/relabel/rule.ts';
import { relabelSample } from '../../../support/relabel-samples.ts';

/** The labels after the rules, or the number of the rule that dropped them. */
function run(rules: RelabelConfig[], labels: Record<string, string>): Record<string, string> | number {
  const { labels: after, droppedBy } = compileRules(rules)(new LabelSet(new Map(Object.entries(labels))));
  if (droppedBy) return droppedBy.number;
  return Object.fromEntries(
    after
      .names()
      .sort()
      .map((name) => [name, after.get(name)]),
  );
}

describe('relabelling', () => {
  const source_labels = ['a', 'b'];
  it.each<[string, RelabelConfig, Record<string, string> | number]>([
    [
      'replace',
      { source_labels, regex: '(x);(y)', replacement: '$2$1', target_label: 'c' },
      { a: 'x', b: 'y', c: 'yx' },
    ],
    ['replace without a match', { source_labels, regex: 'z', target_label: 'a' }, { a: 'x', b: 'y' }],
    ['replace by nothing', { source_labels, replacement: '', target_label: 'a' }, { b: 'y' }],
    [
      'replace into a label by value',
      { source_labels: ['a'], target_label: 'l_$1', replacement: '1' },
      { a: 'x', b: 'y', l_x: '1' },
    ],
    ['a separator', { source_labels, separator: '-', target_label: 'c' }, { a: 'x', b: 'y', c: 'x-y' }],
    ['keep', { source_labels, regex: 'x;.', action: 'keep' }, { a: 'x', b: 'y' }],
    ['keep of the whole value', { source_labels, regex: 'x', action: 'keep' }, 1],
    ['drop', { source_labels: ['a'], regex: 'x', action: 'drop' }, 1],
    ['keepequal', { source_labels: ['a'], target_label: 'b', action: 'keepequal' }, 1],
    ['dropequal', { source_labels: ['none'], target_label: 'nothing', action: 'dropequal' }, 1],
    ['lowercase', { source_labels: ['up'], target_label: 'a', action: 'lowercase' }, { b: 'y' }],
    ['uppercase', { source_labels, target_label: 'a', action: 'uppercase' }, { a: 'X;Y', b: 'y' }],
    [
      'hashmod',
      { source_labels: ['a'], target_label: 'a', modulus: 1000, action: 'hashmod' },
      { a: '726', b: 'y' },
    ],
    [
      'labelmap',
      { regex: '(a)', replacement: '${1}_too', action: 'labelmap' },
      { a: 'x', a_too: 'x', b: 'y' },
    ],
    ['labeldrop', { regex: 'a|c', action: 'labeldrop' }, { b: 'y' }],
    ['labelkeep', { regex: 'a|c', action: 'labelkeep' }, { a: 'x' }],
  ])('%s', (_, rule, expected) => {
    expect(run([rule], { a: 'x', b: 'y' })).toEqual(expected);
  });

  it('hands what one rule has noted to the next, and says which one dropped', () => {
    const note: RelabelConfig = { source_labels: ['a'], target_label: '__tmp_a', replacement: 'got_$1' };
    const keep = (regex: string): RelabelConfig => ({ source_labels: ['__tmp_a'], regex, action: 'keep' });
    expect(run([note, keep('got_x')], { a: 'x' })).toEqual({ __tmp_a: 'got_x', a: 'x' });
    expect(run([note, keep('got_x'), keep('y')], { a: 'x' })).toBe(3);
  });

  it('keeps what drop would drop, for any rule', () => {
    fc.assert(
      fc.property(relabelSample, ({ rules, targets }) => {
        for (const { regex, source_labels: from } of rules) {
          if (refused({ action: 'keep', regex })) continue;
          for (const labels of targets) {
            const kept = typeof run([{ action: 'keep', regex, source_labels: from }], labels) !== 'number';
            const dropped = typeof run([{ action: 'drop', regex, source_labels: from }], labels) === 'number';
            expect(kept).toBe(dropped);
          }
        }
      }),
    );
  });

  it('leaves no empty label, and the shared labels of others as they are', () => {
    fc.assert(
      fc.property(relabelSample, ({ rules, targets }) => {
        const takes = rules.filter((rule) => !refused(rule));
        for (const labels of targets) {
          const shared = new Map(Object.entries(labels));
          const before = [...shared];
          const set = compileRules(takes)(new LabelSet(shared)).labels;
          expect(set.names().filter((name) => set.get(name) === '')).toEqual([]);
          expect(new Set(set.names()).size).toBe(set.names().length);
          expect([...shared]).toEqual(before);
        }
      }),
    );
  });

  it.each<[RelabelConfig, RegExp]>([
    [{ action: 'explode' as 'keep' }, /no action "explode"/],
    [{ source_labels: ['a'] }, /needs target_label/],
    [{ action: 'hashmod', target_label: 'a' }, /needs a modulus/],
    [{ target_label: 'a', regex: '((a)|b)*' }, /remembers/],
  ])('refuses %j', (rule, why) => {
    expect(() => compileRules([rule])).toThrow(
      expect.objectContaining({ explanation: expect.objectContaining({ why: expect.stringMatching(why) }) }),
    );
  });
});

function refused(rule: RelabelConfig): boolean {
  try {
    compileRules([rule]);
    return false;
  } catch {
    return true;
  }
}
