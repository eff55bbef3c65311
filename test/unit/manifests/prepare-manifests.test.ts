import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { KubernetesObject, Manifest } from '../../../src/core/kubernetes-object.ts';
import { readKubernetesYaml } from '../../../src/core/kubernetes-yaml.ts';
import { type Completion, prepareManifests } from '../../../src/manifests/prepare-manifests.ts';

const reference = '127.0.0.1:5000/shop/orders@sha256:41f0c2';
const completion: Completion = {
  app: 'shop',
  environment: 'staging',
  service: 'orders',
  image: reference,
  imageNames: ['orders', '127.0.0.1:5000/shop/orders'],
  env: {},
};

const manifestsOf = (text: string): Manifest[] =>
  readKubernetesYaml(text).documents.map(({ value, line }) => ({
    object: value as KubernetesObject,
    file: 'm.yaml',
    line,
  }));
const prepare = (text: string, over: Partial<Completion> = {}) =>
  prepareManifests(manifestsOf(text), { ...completion, ...over });
const objects = (text: string, over: Partial<Completion> = {}) => {
  const { manifests, problems } = prepare(text, over);
  expect(problems).toEqual([]);
  return manifests.map(({ object }) => object);
};

const deployment = (container: string, more = '') => `
apiVersion: apps/v1
kind: Deployment
metadata: {name: orders, labels: {team: a}}
spec:
  template:
    metadata: {labels: {app: orders}}
    spec:
      ${more}
      containers:
        - ${container}
`;
const podSpec = (object: KubernetesObject | undefined) =>
  (object as unknown as { spec: { template: { spec: Record<string, never> } } }).spec.template
    .spec as unknown as {
    containers: { name: string; image: string; env?: unknown[] }[];
    initContainers?: { image: string }[];
  };

describe('labels', () => {
  test('go on the objects, never into pod templates', () => {
    const [object] = objects(deployment('{name: orders, image: orders}'));
    expect(object!.metadata.labels).toEqual({
      team: 'a',
      'cloudnative.dev/app': 'shop',
      'cloudnative.dev/environment': 'staging',
      'cloudnative.dev/service': 'orders',
      'app.kubernetes.io/managed-by': 'cloudnative',
    });
    expect((object as never as { spec: { template: { metadata: unknown } } }).spec.template.metadata).toEqual(
      {
        labels: { app: 'orders' },
      },
    );
  });

  test('survive an object whose labels are written but empty', () => {
    const [object] = objects('apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n  labels:\n');
    expect(Object.keys(object!.metadata.labels!)).toHaveLength(4);
  });
});

describe('image', () => {
  test.each([
    'orders',
    'orders:1.0',
    'orders@sha256:12',
    '127.0.0.1:5000/shop/orders',
    '127.0.0.1:5000/shop/orders:v2',
  ])('%s becomes what was pushed', (image) => {
    const [object] = objects(
      deployment(`{name: any, image: "${image}"}`, `initContainers: [{name: i, image: "${image}"}]`),
    );
    expect(podSpec(object).containers[0]!.image).toBe(reference);
    expect(podSpec(object).initContainers![0]!.image).toBe(reference);
  });

  test('others stay', () => {
    const [object] = objects(
      deployment('{name: orders, image: orders}\n        - {name: s, image: other/orders:1}'),
    );
    expect(podSpec(object).containers[1]!.image).toBe('other/orders:1');
  });

  test.each([
    ['Pod', 'spec: {containers: [{name: a, image: orders}]}'],
    ['CronJob', 'spec: {jobTemplate: {spec: {template: {spec: {containers: [{name: a, image: orders}]}}}}}'],
    ['Rollout', 'spec: {template: {spec: {containers: [{name: a, image: orders}]}}}'],
    ['PodTemplate', 'template: {spec: {containers: [{name: a, image: orders}]}}'],
  ])('is found in a %s', (kind, rest) => {
    const text = `apiVersion: v1\nkind: ${kind}\nmetadata: {name: a}\n${rest}\n`;
    expect(JSON.stringify(objects(text))).toContain(reference);
  });

  test('that no container names is a problem', () => {
    expect(prepare(`---${deployment('{name: orders, image: "elsewhere/orders:1"}')}`).problems).toEqual([
      'm.yaml:2 Deployment/orders: no container has the image orders, so none would run what is built',
    ]);
  });
});

describe('env', () => {
  const env = { LOG_LEVEL: 'debug', PASSWORD: { secret: { name: 'db', key: 'password' } }, ALPHA: '1' };

  test('goes over what the container named like the service has; new ones follow by name', () => {
    const [object] = objects(
      deployment(
        '{name: orders, image: orders, env: [{name: Z, value: z}, {name: LOG_LEVEL, valueFrom: {fieldRef: {fieldPath: x}}}]}\n        - {name: side, image: x}',
      ),
      { env },
    );
    expect(podSpec(object).containers).toMatchObject([
      {
        env: [
          { name: 'Z', value: 'z' },
          { name: 'LOG_LEVEL', value: 'debug' },
          { name: 'ALPHA', value: '1' },
          { name: 'PASSWORD', valueFrom: { secretKeyRef: { name: 'db', key: 'password' } } },
        ],
      },
      { name: 'side', image: 'x' },
    ]);
    expect(podSpec(object).containers[0]!.env![1]).toEqual({ name: 'LOG_LEVEL', value: 'debug' });
    expect(podSpec(object).containers[1]!.env).toBeUndefined();
  });

  test('that has nowhere to go is a problem', () => {
    expect(prepare(deployment('{name: main, image: orders}'), { env }).problems).toEqual([
      'm.yaml:2 Deployment/orders: env of orders has nowhere to go, since no container is named orders',
    ]);
  });
});

describe('versioned names', () => {
  const config = (content: string, marks = 'labels: {cloudnative.dev/versioned: "true"}') =>
    `---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: orders, ${marks}}\ndata: {A: "${content}"}\n`;
  const user = deployment('{name: orders, image: orders, envFrom: [{configMapRef: {name: orders}}]}');

  test('change with the content, and the references with them', () => {
    const [one, of] = objects(`${config('1')}---${user}`);
    const [two] = objects(`${config('2')}---${user}`);
    expect(one!.metadata.name).toMatch(/^orders-[0-9a-f]{10}$/);
    expect(two!.metadata.name).not.toBe(one!.metadata.name);
    expect(JSON.stringify(of)).toContain(`"configMapRef":{"name":"${one!.metadata.name}"}`);
    expect(objects(config('1', 'annotations: {cloudnative.dev/versioned: "true"}'))[0]!.metadata.name).toBe(
      one!.metadata.name,
    );
  });

  test('are only for those that ask', () => {
    for (const marks of ['labels: {cloudnative.dev/versioned: "false"}', 'annotations: {}']) {
      expect(objects(config('1', marks))[0]!.metadata.name).toBe('orders');
    }
  });

  test('reach what others than pods refer to', () => {
    const object = (apiVersion: string, kind: string, rest: string) =>
      `---\napiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: orders}\n${rest}\n`;
    const secret =
      '---\napiVersion: v1\nkind: Secret\nmetadata: {name: s, labels: {cloudnative.dev/versioned: "true"}}\nstringData: {k: v}\n';
    const all = objects(
      [
        config('1'),
        secret,
        object('networking.k8s.io/v1', 'Ingress', 'spec: {tls: [{secretName: s}, {secretName: other}]}'),
        object('v1', 'ServiceAccount', 'imagePullSecrets: [{name: s}]\nsecrets: [{name: s}]'),
        object(
          'rbac.authorization.k8s.io/v1',
          'Role',
          'rules: [{apiGroups: [""], resources: [secrets, configmaps], resourceNames: [s, orders, other]}, {apiGroups: [apps], resources: [deployments], resourceNames: [s]}]',
        ),
        object(
          'gateway.networking.k8s.io/v1',
          'Gateway',
          'spec: {listeners: [{tls: {certificateRefs: [{name: s}, {kind: Other, name: s}]}}, {}]}',
        ),
        object('example.com/v1', 'Ingress', 'spec: {tls: [{secretName: s}]}'),
      ].join(''),
    );
    const name = (kind: string) => all.find((one) => one.kind === kind)!.metadata.name;
    const [map, own] = [name('ConfigMap'), name('Secret')];
    expect(all.slice(2).map(({ apiVersion: _, kind: __, metadata: ___, ...rest }) => rest)).toEqual([
      { spec: { tls: [{ secretName: own }, { secretName: 'other' }] } },
      { imagePullSecrets: [{ name: own }], secrets: [{ name: own }] },
      {
        rules: [
          { apiGroups: [''], resources: ['secrets', 'configmaps'], resourceNames: [own, map, 'other'] },
          { apiGroups: ['apps'], resources: ['deployments'], resourceNames: ['s'] },
        ],
      },
      {
        spec: {
          listeners: [{ tls: { certificateRefs: [{ name: own }, { kind: 'Other', name: 's' }] } }, {}],
        },
      },
      { spec: { tls: [{ secretName: 's' }] } },
    ]);
  });

  test('reach every kind of reference, and those made by env', () => {
    const secret =
      'apiVersion: v1\nkind: Secret\nmetadata: {name: s, labels: {cloudnative.dev/versioned: "true"}}\nstringData: {k: v}\n';
    const volumes =
      '[{name: a, configMap: {name: orders}}, {name: b, secret: {secretName: s}}, {name: c, projected: {sources: [{secret: {name: s}}, {configMap: {name: orders}}]}}]';
    const container =
      '{name: orders, image: orders, envFrom: [{secretRef: {name: s}}], env: [{name: X, valueFrom: {configMapKeyRef: {name: orders, key: A}}}]}';
    const result = objects(
      `${config('1')}---\n${secret}---${deployment(container, `imagePullSecrets: [{name: s}]\n      volumes: ${volumes}`)}`,
      { env: { P: { secret: { name: 's', key: 'k' } } } },
    );
    const [configMap, hidden, workload] = result;
    const text = JSON.stringify(workload!.spec);
    expect(text.split(configMap!.metadata.name)).toHaveLength(4);
    expect(text.split(hidden!.metadata.name)).toHaveLength(6);
    expect(text).not.toMatch(/"name":"(s|orders)"(?!,"image)/);
  });
});

describe('for any manifests', () => {
  const name = fc.constantFrom('a', 'b', 'c');
  const data = fc.dictionary(fc.constantFrom('x', 'y'), fc.string({ maxLength: 3 }));
  const stored = fc.uniqueArray(
    fc.record({ kind: fc.constantFrom('ConfigMap', 'Secret'), name, data, versioned: fc.boolean() }),
    { selector: ({ kind, name: own }) => `${kind}/${own}`, maxLength: 6 },
  );
  const input = fc.record({
    stored,
    references: fc.array(fc.tuple(fc.constantFrom('ConfigMap', 'Secret'), name), { maxLength: 6 }),
  });
  const build = ({
    stored: all,
    references,
  }: typeof input extends fc.Arbitrary<infer T> ? T : never): Manifest[] => {
    const known = references.filter(([kind, own]) =>
      all.some((one) => one.kind === kind && one.name === own),
    );
    const workload = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'orders' },
      spec: {
        template: {
          spec: {
            volumes: known.map(([kind, own], n) =>
              kind === 'Secret'
                ? { name: `v${n}`, secret: { secretName: own } }
                : { name: `v${n}`, configMap: { name: own } },
            ),
            containers: [
              {
                name: 'orders',
                image: 'orders',
                envFrom: known.map(([kind, own]) =>
                  kind === 'Secret' ? { secretRef: { name: own } } : { configMapRef: { name: own } },
                ),
              },
            ],
          },
        },
      },
    };
    const others = all.map(({ kind, name: own, data: content, versioned }) => ({
      apiVersion: 'v1',
      kind,
      metadata: { name: own, annotations: { 'cloudnative.dev/versioned': String(versioned) } },
      data: content,
    }));
    return [...others, workload].map((object, line) => ({ object, file: 'm', line }));
  };

  test('the result is the same each time and in any order, and leaves the input alone', () => {
    fc.assert(
      fc.property(input, fc.func(fc.nat()), (given, order) => {
        const manifests = build(given);
        const before = JSON.stringify(manifests);
        const key = ({ object }: Manifest) => JSON.stringify(object);
        const first = prepareManifests(manifests, completion).manifests.map(key).sort();
        const shuffled = [...manifests].sort((a, b) => order(a.line) - order(b.line));
        expect(prepareManifests(shuffled, completion).manifests.map(key).sort()).toEqual(first);
        expect(JSON.stringify(manifests)).toBe(before);
      }),
    );
  });

  test('no reference is left without its object', () => {
    fc.assert(
      fc.property(input, (given) => {
        const { manifests } = prepareManifests(build(given), completion);
        const there = new Set(manifests.map(({ object }) => `${object.kind}/${object.metadata.name}`));
        const text = JSON.stringify(manifests.at(-1)!.object);
        for (const match of text.matchAll(/"secretName":"([^"]+)"/g))
          expect(there).toContain(`Secret/${match[1]}`);
        for (const match of text.matchAll(/"configMap(?:Ref)?":\{"name":"([^"]+)"/g)) {
          expect(there).toContain(`ConfigMap/${match[1]}`);
        }
        for (const match of text.matchAll(/"secretRef":\{"name":"([^"]+)"/g))
          expect(there).toContain(`Secret/${match[1]}`);
      }),
    );
  });
});
