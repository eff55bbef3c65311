import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { KubernetesObject } from '../../../src/core/kubernetes-object.ts';
import { isWellFormed } from '../../../src/targets/kubernetes/plan/well-formed.ts';
import { labSuite } from '../../support/lab.ts';
import { openServerJudge, type ServerJudge } from './server-judge.ts';

const runs = 600;

/** Mostly what is allowed, now and then what is not, near the edge of it. */
const mostly = <T>(good: fc.Arbitrary<T>, ...bad: unknown[]) =>
  fc.oneof({ weight: 40, arbitrary: good }, { weight: 1, arbitrary: fc.constantFrom(...bad) });
const part = fc.stringMatching(/^[a-z0-9]([-a-z0-9]{0,8}[a-z0-9])?$/);
const name = mostly(
  fc.array(part, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('.')),
  'a..b',
  'A',
  '-a',
  'a.',
  'a'.repeat(254),
  'ä',
  'a/b',
  'a%2Fb',
  'a b',
);
const qualified = mostly(
  fc
    .tuple(fc.option(part), fc.stringMatching(/^[A-Za-z0-9]([-._A-Za-z0-9]{0,5}[A-Za-z0-9])?$/))
    .map(([prefix, own]) => (prefix ? `${prefix}.example.com/${own}` : own)),
  '',
  'a/b/c',
  '-x',
  'x'.repeat(64),
  'Example.com/x',
  'kubernetes.io/a b',
);
const labels = fc.dictionary(
  qualified as fc.Arbitrary<string>,
  mostly(fc.stringMatching(/^([A-Za-z0-9]([-._A-Za-z0-9]{0,10}[A-Za-z0-9])?)?$/), 'a b', '-', 1, null, true),
  { maxKeys: 3 },
);
const text = mostly(fc.string({ unit: 'binary' }), '\ud800', 5, null, false, [], '\u0000', '🙂'.repeat(20));
const key = mostly(
  fc.stringMatching(/^[-._a-zA-Z0-9]{1,12}$/),
  '.',
  '..',
  '..a',
  'a/b',
  'a b',
  '',
  'k'.repeat(254),
  '__proto__',
  'constructor',
);
const base64 = mostly(
  fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes).toString('base64')),
  'a',
  'ab==c',
  'YQ',
  'YQ=',
  'Y Q==',
  '_-8=',
  'YR==',
);
const data = (value: fc.Arbitrary<unknown>) =>
  fc.dictionary(key as fc.Arbitrary<string>, value, { maxKeys: 4 });
const bounded = mostly(
  fc.oneof(
    fc.integer({ min: 0, max: 2000 }),
    fc.integer({ min: 0, max: 100 }).map((n) => `${n}%`),
  ),
  -1,
  '101%',
  '1.5%',
  '%',
  '007%',
  1.5,
  2 ** 31,
  '5',
  '',
);
const metadata = fc.record(
  {
    name,
    labels,
    annotations: fc.dictionary(qualified as fc.Arbitrary<string>, text, { maxKeys: 3 }),
  },
  { requiredKeys: ['name'] },
);
const flag = mostly(fc.boolean(), 'true', 1, null);
const object = fc.oneof(
  fc.record({
    apiVersion: fc.constant('v1'),
    kind: fc.constant('ConfigMap'),
    metadata,
    data: data(text),
    binaryData: data(base64),
    immutable: flag,
  }),
  fc.record(
    {
      apiVersion: fc.constant('v1'),
      kind: fc.constant('Secret'),
      metadata,
      type: mostly(fc.constant('Opaque'), 'kubernetes.io/tls', 'a', '', 7),
      data: data(base64),
      stringData: data(text),
      immutable: flag,
    },
    { requiredKeys: ['apiVersion', 'kind', 'metadata'] },
  ),
  fc.record({
    apiVersion: fc.constant('v1'),
    kind: fc.constant('ServiceAccount'),
    metadata,
    automountServiceAccountToken: flag,
    imagePullSecrets: fc.array(fc.record({ name }), { maxLength: 2 }),
  }),
  fc.record(
    {
      apiVersion: mostly(fc.constant('policy/v1'), 'policy/v1beta1'),
      kind: fc.constant('PodDisruptionBudget'),
      metadata,
      spec: fc.record(
        {
          minAvailable: bounded,
          maxUnavailable: bounded,
          selector: fc.record({ matchLabels: labels }, { requiredKeys: [] }),
        },
        { requiredKeys: [] },
      ),
    },
    { requiredKeys: ['apiVersion', 'kind', 'metadata'] },
  ),
) as unknown as fc.Arbitrary<KubernetesObject>;

labSuite('policy agreement', ['kubeconfig', 'kubectl'], () => {
  let judge: ServerJudge;
  beforeAll(async () => {
    judge = await openServerJudge();
  });
  afterAll(() => judge.close());

  test('the server accepts what it need not be asked about', async () => {
    const seed = randomBytes(4).readInt32LE();
    let accepted = 0;
    const tried = fc.sample(object, { seed, numRuns: runs });
    for (const one of tried.filter(isWellFormed)) {
      expect(await judge.refusal(one), `seed ${seed}\n${JSON.stringify(one)}`).toBeUndefined();
      accepted++;
    }
    console.error(`well-formed objects: ${accepted} of ${runs}, all accepted, seed ${seed}`);
    expect(accepted).toBeGreaterThan(runs / 10);
  });

  test('what is large, or not known here, is asked about', () => {
    const large = { A: 'x'.repeat(400_000) };
    const made = (data: object): KubernetesObject => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'a' },
      data,
    });
    expect(isWellFormed(made({}))).toBe(true);
    expect(isWellFormed(made(large))).toBe(false);
    const { metadata, ...rest } = made({});
    expect(isWellFormed({ ...rest, metadata: { ...metadata, finalizers: ['a'] } })).toBe(false);
    expect(isWellFormed({ ...rest, metadata, spec: {} })).toBe(false);
  });
});
