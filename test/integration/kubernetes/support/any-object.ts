import fc from 'fast-check';
import type { KubernetesObject } from '../../../../src/core/kubernetes-object.ts';

/** Path of each kind's collection. */
export const paths: Readonly<Record<string, string>> = {
  ConfigMap: '/api/v1/namespaces/NAMESPACE/configmaps',
  Service: '/api/v1/namespaces/NAMESPACE/services',
  Deployment: '/apis/apps/v1/namespaces/NAMESPACE/deployments',
  NetworkPolicy: '/apis/networking.k8s.io/v1/namespaces/NAMESPACE/networkpolicies',
  Role: '/apis/rbac.authorization.k8s.io/v1/namespaces/NAMESPACE/roles',
  ServiceAccount: '/api/v1/namespaces/NAMESPACE/serviceaccounts',
  PodDisruptionBudget: '/apis/policy/v1/namespaces/NAMESPACE/poddisruptionbudgets',
  HorizontalPodAutoscaler: '/apis/autoscaling/v2/namespaces/NAMESPACE/horizontalpodautoscalers',
};

const word = fc.constantFrom('a', 'b', 'c', 'd');
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 2 });
const texts = fc.dictionary(word, fc.constantFrom('', '1', 'x', 'yes'), { maxKeys: 3 });
const quantity = fc.constantFrom('10m', '1', '1000m', '64Mi', '1024Mi', 2);

const env = fc.uniqueArray(
  fc.oneof(
    fc.record({ name: word, value: fc.constantFrom('1', 'x') }),
    fc.record({ name: word, valueFrom: fc.constant({ fieldRef: { fieldPath: 'metadata.name' } }) }),
    fc.record({ name: word, valueFrom: fc.constant({ configMapKeyRef: { name: 'a', key: 'b' } }) }),
  ),
  { selector: ({ name }) => name, maxLength: 3 },
);

const containerPorts = fc.uniqueArray(
  fc.record(
    { containerPort: fc.constantFrom(80, 81, 82), protocol: fc.constantFrom('TCP', 'UDP'), name: word },
    { requiredKeys: ['containerPort'] },
  ),
  { selector: ({ containerPort }) => containerPort, maxLength: 3 },
);

const container = fc.record(
  {
    name: word,
    image: fc.constantFrom('example.com/a:1', 'example.com/a'),
    args: fc.array(word, { maxLength: 2 }),
    env,
    ports: containerPorts,
    resources: fc.record(
      { limits: fc.record({ cpu: quantity, memory: quantity }, { requiredKeys: [] }) },
      { requiredKeys: [] },
    ),
    readinessProbe: fc.constantFrom({ tcpSocket: { port: 80 } }, { exec: { command: ['true'] } }),
    securityContext: fc.constantFrom({}, { capabilities: { drop: ['ALL'] } }),
  },
  { requiredKeys: ['name', 'image'] },
);

const podSpec = fc.record(
  {
    containers: fc.uniqueArray(container, { selector: ({ name }) => name, minLength: 1, maxLength: 2 }),
    nodeSelector: texts,
    tolerations: fc.array(fc.constantFrom({ key: 'a', operator: 'Exists' }, { key: 'b', value: 'c' }), {
      maxLength: 2,
    }),
    volumes: fc.uniqueArray(
      fc.oneof(
        fc.record({ name: word, emptyDir: fc.constant({}) }),
        fc.record({ name: word, configMap: fc.constant({ name: 'a' }) }),
      ),
      { selector: ({ name }) => name, maxLength: 2 },
    ),
    terminationGracePeriodSeconds: fc.constantFrom(5, 30),
  },
  { requiredKeys: ['containers'] },
);

const selector = { matchLabels: { app: 'any' } };
const bodies: Record<string, fc.Arbitrary<object>> = {
  ConfigMap: fc.record({ data: fc.option(texts), immutable: fc.constant(false) }, { requiredKeys: [] }),
  Service: fc.record({
    spec: fc.record(
      {
        ports: fc.uniqueArray(
          fc.record({
            name: word,
            port: fc.constantFrom(80, 81, 82),
            targetPort: fc.constantFrom('http', 8080),
          }),
          { selector: ({ port }) => port, minLength: 1, maxLength: 3 },
        ),
        selector: texts,
        type: fc.constantFrom('ClusterIP', 'NodePort'),
      },
      { requiredKeys: ['ports'] },
    ),
  }),
  Deployment: fc.record({
    spec: fc.record(
      {
        replicas: fc.constantFrom(0, null),
        paused: fc.constant(true),
        selector: fc.constant(selector),
        strategy: fc.constantFrom({}, { type: 'Recreate' }, { rollingUpdate: { maxSurge: '25%' } }),
        template: fc.record({ metadata: fc.constant({ labels: selector.matchLabels }), spec: podSpec }),
      },
      { requiredKeys: ['selector', 'template', 'paused'] },
    ),
  }),
  NetworkPolicy: fc.record({
    spec: fc.record(
      {
        podSelector: fc.constantFrom({}, selector),
        policyTypes: fc.constantFrom(['Ingress'], ['Ingress', 'Egress']),
        ingress: fc.constantFrom(
          [],
          [{}],
          [{ ports: [{ port: 80 }] }],
          [{ ports: [{ port: 80, protocol: 'TCP' }] }],
        ),
      },
      { requiredKeys: ['podSelector'] },
    ),
  }),
  Role: fc.record({
    rules: fc.constantFrom([], [{ apiGroups: [''], resources: ['pods'], verbs: ['get', 'list'] }]),
  }),
  HorizontalPodAutoscaler: fc.record({
    spec: fc.record(
      {
        scaleTargetRef: fc.constant({ apiVersion: 'apps/v1', kind: 'Deployment', name: 'none' }),
        minReplicas: fc.constantFrom(1, 2),
        maxReplicas: fc.constantFrom(3, 4),
        behavior: fc.constantFrom({}, { scaleDown: { stabilizationWindowSeconds: 60 } }),
      },
      { requiredKeys: ['scaleTargetRef', 'maxReplicas'] },
    ),
  }),
};

const versions: Record<string, string> = {
  Deployment: 'apps/v1',
  NetworkPolicy: 'networking.k8s.io/v1',
  Role: 'rbac.authorization.k8s.io/v1',
  HorizontalPodAutoscaler: 'autoscaling/v2',
};

/** Manifests of several kinds with what makes comparing hard: keyed and whole lists, empty and null values, defaults, quantities. */
export const anyObject: fc.Arbitrary<KubernetesObject> = fc
  .constantFrom(...Object.keys(bodies))
  .chain((kind) =>
    fc
      .record({ body: bodies[kind]!, labels: maybe(texts), annotations: maybe(fc.option(texts)) })
      .map(({ body, labels, annotations }) => {
        const metadata = {
          name: '',
          ...(labels && { labels }),
          ...(annotations !== undefined && { annotations }),
        };
        return { apiVersion: versions[kind] ?? 'v1', kind, metadata, ...body } as KubernetesObject;
      }),
  );

/** What another client does to the object, as a JSON patch. */
export interface Edit {
  manager: string;
  operations: object[];
}

const operation = fc.constantFrom<object>(
  { op: 'add', path: '/metadata/labels', value: { a: '1' } },
  { op: 'add', path: '/metadata/annotations', value: { e: '1' } },
  { op: 'add', path: '/data', value: { a: '1', z: '2' } },
  { op: 'remove', path: '/metadata/labels/a' },
  { op: 'add', path: '/spec/replicas', value: 0 },
  { op: 'add', path: '/spec/template/spec/containers/0/image', value: 'example.com/a' },
  {
    op: 'add',
    path: '/spec/template/spec/containers/0/env',
    value: [
      { name: 'c', value: 'x' },
      { name: 'a', value: '1' },
    ],
  },
  { op: 'add', path: '/spec/template/spec/containers/0/env/0', value: { name: 'z', value: 'x' } },
  { op: 'add', path: '/spec/template/spec/containers/-', value: { name: 'z', image: 'z' } },
  { op: 'add', path: '/spec/template/spec/containers/0/args', value: ['a'] },
  { op: 'remove', path: '/spec/template/spec/containers/0/env/0' },
  { op: 'add', path: '/spec/template/spec/nodeSelector', value: { a: 'x' } },
  { op: 'add', path: '/spec/ports/0', value: { name: 'z', port: 90 } },
  { op: 'remove', path: '/spec/ports/0' },
  { op: 'add', path: '/spec/ingress', value: [{}] },
  { op: 'add', path: '/spec/minReplicas', value: 2 },
  { op: 'add', path: '/rules', value: [] },
);

export const edits: fc.Arbitrary<Edit[]> = fc.array(
  fc.record({
    manager: fc.constantFrom('kubectl-edit', 'kubectl-client-side-apply', 'cloudnative', 'robot'),
    operations: operation.map((one) => [one]),
  }),
  { maxLength: 2 },
);
