import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readKubernetesYaml } from '../../../src/core/kubernetes-yaml.ts';
import { stringifyYaml } from '../../../src/core/yaml.ts';

describe('stringifyYaml', () => {
  test('quotes what YAML 1.1 takes for a boolean or a number', () => {
    expect(stringifyYaml({ a: 'yes', n: 'n', c: '1_000', d: '0644', e: 'plain', f: true, g: 8080 })).toBe(
      'a: "yes"\n"n": "n"\nc: "1_000"\nd: "0644"\ne: plain\nf: true\ng: 8080\n',
    );
  });

  test('escapes characters that some readers take for line breaks or refuse', () => {
    expect(stringifyYaml(['\u2028', 'a\u2029b', '\u0085', '\ufeff', '\u007f', '\ud800'])).toBe(
      '- "\\u2028"\n- "a\\u2029b"\n- "\\u0085"\n- "\\ufeff"\n- "\\u007f"\n- "\\ud800"\n',
    );
  });

  test('neither folds long lines nor writes aliases', () => {
    const shared = { key: 'word '.repeat(60).trim() };
    expect(stringifyYaml({ a: shared, b: shared }).split('\n')).toHaveLength(5);
  });

  test('is read back as it was, by a reader of YAML 1.1', () => {
    const text = fc.oneof(
      fc.string(),
      fc.string({ unit: 'binary' }),
      fc.constantFrom('<<', '=', '-', 'null', '0b1', '1e3', '.5'),
    );
    const json = fc.letrec((tie) => ({
      value: fc.oneof(
        { depthSize: 'small' },
        text,
        fc.integer(),
        fc.boolean(),
        fc.constant(null),
        fc.array(tie('value')),
        fc.dictionary(text, tie('value')).map((entries) => Object.fromEntries(Object.entries(entries))),
      ),
    })).value;
    fc.assert(
      fc.property(json, (value) => {
        expect(readKubernetesYaml(stringifyYaml({ value })).documents[0]?.value).toEqual({ value });
      }),
      { numRuns: 500 },
    );
  });
});
