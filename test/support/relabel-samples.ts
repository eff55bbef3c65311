// biome-ignore-all lint/suspicious/noTemplateCurlyInString: Go's templates look like those of JavaScript.
import fc from 'fast-check';
import type { RelabelConfig } from '../../src/observability/relabel/rule.ts';

/** A job: its rules, and the labels of what it discovers, each with a `__meta_id` of its own. */
export interface RelabelSample {
  rules: RelabelConfig[];
  targets: Record<string, string>[];
}

const texts = [
  '',
  'a',
  'b',
  'ab',
  'AB',
  'aab',
  'abc',
  'c;a',
  'a\nb',
  '1',
  '42',
  'ß',
  'Ǆa',
  'ſk',
  'K',
  'ÀÉ',
  '10.0.0.1',
  'true',
  'İ',
  'ᾳ',
];
const names = ['a', 'b', 'c', '__meta_a', '__meta_b', '__meta_c_d', '__tmp_x'];

const text = fc.constantFrom(...texts);
const atom = fc.constantFrom(
  ...[
    'a',
    'b',
    'c',
    'k',
    's',
    '.',
    '\\d',
    '\\w',
    '\\s',
    '\\D',
    '[a-c]',
    '[^b]',
    '[[:alpha:]]',
    '[[:^digit:]x]',
    '\\pL',
    '\\p{Lu}',
    '\\P{Greek}',
  ],
  ...[
    '\\x61',
    '\\x{df}',
    '\\141',
    '\\.',
    '\\Qa.b\\E',
    '\\bab',
    'a\\B',
    '^',
    '$',
    '(?m)^b',
    '(?m:a$)',
    '(?-s:.)',
    '(?i)a',
    '(?i:[k-s])',
    'ß',
    '',
  ],
  ...[
    '[]a]',
    '[a-]',
    '[\\d;]',
    '{',
    'a{,2}',
    '\\z',
    '\\A',
    '(?i)\\w',
    '(?i:[^a])',
    '\\n',
    ';',
    '(?s).',
    '(?U)a+',
    '1',
  ],
);

const named = '(?P<n>';
const unnamed = (regex: string) => regex.replaceAll(named, '(?:');

/** Expressions in the syntax of Go, most of which match something. */
const { regex } = fc.letrec<{ regex: string; item: string }>((tie) => ({
  item: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    { weight: 5, arbitrary: atom },
    { weight: 1, arbitrary: tie('regex').map((inner) => `(${inner})`) },
    { weight: 1, arbitrary: tie('regex').map((inner) => `(?:${inner})`) },
    { weight: 1, arbitrary: tie('regex').map((inner) => `${named}${unnamed(inner)})`) },
    {
      weight: 2,
      arbitrary: fc
        .tuple(tie('regex'), fc.constantFrom('*', '+', '?', '{2}', '{1,}', '{0,2}', '*?', '+?', '??'))
        .map(([inner, repeat]) => `(?:${unnamed(inner)})${repeat}`),
    },
    {
      weight: 1,
      arbitrary: fc
        .tuple(tie('regex'), tie('regex'))
        .map(([one, other]) => `(${unnamed(one)}|${unnamed(other)})`),
    },
  ),
  regex: fc.array(tie('item'), { minLength: 1, maxLength: 3 }).map((items) => {
    const [first, ...rest] = items.join('').split(named);
    // A name may be given once.
    return rest.length === 0 ? first! : `${first}${named}${rest.join('(?:')}`;
  }),
}));
const useful = fc.oneof(
  regex,
  regex.map((inner) => `${inner}.*`),
  regex.map((inner) => `(.*)${inner}(.*)`.replace('(.*)(.*)', '(.*)')),
  fc.constantFrom('(.*)', '(.+)', '', 'a|b|ab', '(\\w)(\\w*)', '(?P<n>[a-z]+).*', '((a)|b)*', '(a*)+'),
);

const source = fc.array(fc.constantFrom(...names, '__address__', 'job', 'none'), { maxLength: 3 });
const target = fc.constantFrom(...names, 'd', '__tmp_y');
const template = fc.constantFrom(
  ...[
    '$1',
    '${1}',
    '$n',
    '${n}x',
    '$1x',
    '$$',
    'x$',
    '${',
    '$2-$1',
    '$0',
    '',
    'plain',
    '${01}',
    '$10',
    '${é}',
  ],
);
const separator = fc.constantFrom(';', '', '--');

/** Rules that Prometheus accepts. */
const rule: fc.Arbitrary<RelabelConfig> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record(
      {
        source_labels: source,
        regex: useful,
        separator,
        target_label: fc.oneof(
          { weight: 4, arbitrary: target },
          { weight: 1, arbitrary: fc.constantFrom('x_$1', '${1}', 'y${n}') },
        ),
        replacement: template,
      },
      { requiredKeys: ['target_label'] },
    ),
  },
  fc.record({
    action: fc.constantFrom('keep', 'drop'),
    source_labels: source,
    regex: useful.map((one) => `${one}|.?|a.*`),
    separator,
  }),
  fc.record({ action: fc.constantFrom('drop'), source_labels: source, regex: useful }),
  fc.record({
    action: fc.constantFrom('keepequal', 'dropequal'),
    source_labels: source,
    target_label: target,
  }),
  fc.record({
    action: fc.constantFrom('lowercase', 'uppercase'),
    source_labels: source,
    separator,
    target_label: target,
  }),
  fc.record({
    action: fc.constant('hashmod'),
    source_labels: source,
    target_label: target,
    modulus: fc.integer({ min: 1, max: 2 ** 40 }),
  }),
  fc.record({
    action: fc.constant('labelmap'),
    // Where two labels get one name, the last wins, and Prometheus goes through them in no order: here no two do.
    regex: fc.constantFrom('__meta_(.+)', '__meta_([a-b])', '__meta_(?P<n>.+)_d', '(a|b)'),
    replacement: fc.constantFrom('$1', 'm_$1', '__tmp_$1', 'to_${1}', '${1}_${n}'),
  }),
  fc.record({
    action: fc.constant('labeldrop'),
    regex: fc.constantFrom('a|b', '__tmp_.*', '[ac]', '__meta_c.*'),
  }),
  fc.record({
    action: fc.constant('labelkeep'),
    regex: fc.constantFrom('__.*|a', '(?:__|j).*', '__.+|[bc]|job'),
  }),
);

const labels = fc.dictionary(fc.constantFrom(...names), text, { maxKeys: 6 });

export const relabelSample: fc.Arbitrary<RelabelSample> = fc
  .record({
    rules: fc.array(rule, { minLength: 1, maxLength: 6 }),
    targets: fc.array(labels, { minLength: 2, maxLength: 5 }),
  })
  .map(({ rules, targets }) => ({
    rules,
    targets: targets.map((own, index) => ({
      __address__: `127.0.0.1:${index + 1}`,
      __meta_id: String(index),
      ...own,
    })),
  }));
