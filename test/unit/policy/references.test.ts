import { describe, expect, test } from 'vitest';
import { saidOf } from './manifests-of.ts';

const deployment = `apiVersion: apps/v1
kind: Deployment
metadata: {name: orders}
spec:
  selector: {matchLabels: {app: orders}}
  template:
    metadata: {labels: {app: orders}}
    spec:
      containers:
        - name: orders
          image: orders
          ports: [{name: http, containerPort: 8080}]
          envFrom: [{configMapRef: {name: orders-config}}]
          env:
            - {name: A, valueFrom: {secretKeyRef: {name: orders-db, key: pasword}}}
            - {name: B, valueFrom: {secretKeyRef: {name: elsewhere, key: a}}}
            - {name: C, valueFrom: {secretKeyRef: {name: orders-dd, key: a, optional: true}}}
`;
const object = (apiVersion: string, kind: string, name: string, rest: string) =>
  `---\napiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: ${name}}\n${rest}\n`;
const secret = object('v1', 'Secret', 'orders-db', 'stringData: {password: x}');
const service = (rest: string) => object('v1', 'Service', 'orders', `spec: ${rest}`);
const said = (...rest: string[]) => saidOf([deployment, ...rest].join(''));
const plain = deployment.slice(0, deployment.indexOf('          envFrom'));
const beside = (...rest: string[]) => saidOf([plain, ...rest].join(''));

describe('pods ask for', () => {
  test('a key that the Secret of the input does not have, and a ConfigMap by a wrong name', async () => {
    expect(await said(secret, object('v1', 'ConfigMap', 'orders-confg', 'data: {a: b}'))).toEqual([
      'warning 13:37 spec.template.spec.containers[orders].envFrom[0].configMapRef.name is orders-config, did you mean ConfigMap/orders-confg of these manifests?',
      'warning 15:69 spec.template.spec.containers[orders].env[A].valueFrom.secretKeyRef.key is pasword, which Secret/orders-db of these manifests does not have',
    ]);
  });

  test('what may be in the cluster already: nothing is said', async () => {
    expect(await said(object('v1', 'ConfigMap', 'orders-config', 'data: {a: b}'))).toEqual([]);
  });

  test('what is in another namespace: nothing is said', async () => {
    const elsewhere = secret.replace('{name: orders-db}', '{name: orders-db, namespace: other}');
    expect(await said(elsewhere)).toEqual([]);
  });
});

describe('a Service', () => {
  test('that selects pods, by their port: nothing is said', async () => {
    expect(await beside(service('{selector: {app: orders}, ports: [{port: 80, targetPort: http}]}'))).toEqual(
      [],
    );
  });

  test('that selects nothing', async () => {
    expect(await beside(service('{selector: {app: order}, ports: [{port: 80}]}'))).toEqual([
      'warning 17:8 spec.selector (app=order) selects no pods of these manifests',
    ]);
  });

  test('by a port that the pods do not name', async () => {
    expect(await beside(service('{selector: {app: orders}, ports: [{port: 80, targetPort: web}]}'))).toEqual([
      'warning 17:52 spec.ports[0].targetPort is web, which is no port of the pods: they have http',
    ]);
  });

  test('without pods in the input: nothing is said', async () => {
    expect(await saidOf(service('{selector: {app: order}, ports: [{port: 80}]}'))).toEqual([]);
  });
});

describe('others that name or select', () => {
  const backend = (name: string, port: string) =>
    object(
      'networking.k8s.io/v1',
      'Ingress',
      'shop',
      `spec: {defaultBackend: {service: {name: ${name}, port: {${port}}}}}`,
    );
  const ports = service('{selector: {app: orders}, ports: [{name: web, port: 80}]}');

  test.each([
    [
      'a backend that is not there',
      backend('order', 'number: 80'),
      /service\.name is order; of these manifests, Service is orders$/,
    ],
    [
      'a backend without the port',
      backend('orders', 'number: 81'),
      /service\.port is 81, which Service\/orders does not have: it has web 80$/,
    ],
    ['a backend without the port name', backend('orders', 'name: http'), /service\.port is http, which/],
    [
      'a budget of no pods',
      object(
        'policy/v1',
        'PodDisruptionBudget',
        'b',
        'spec: {minAvailable: 1, selector: {matchLabels: {app: order}}}',
      ),
      /spec\.selector \(app=order\) selects no pods/,
    ],
    [
      'a policy of no pods',
      object(
        'networking.k8s.io/v1',
        'NetworkPolicy',
        'np',
        'spec: {podSelector: {matchExpressions: [{key: app, operator: In, values: [a, b]}]}}',
      ),
      /\(app in \(a, b\)\) selects no pods/,
    ],
    [
      'an autoscaler of no workload',
      object(
        'autoscaling/v2',
        'HorizontalPodAutoscaler',
        'h',
        'spec: {maxReplicas: 2, scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: order}}',
      ),
      /scaleTargetRef\.name is order; of these manifests, Deployment is orders$/,
    ],
  ])('%s', async (_, text, message) => {
    const [first, ...more] = await beside(ports, text);
    expect(first).toMatch(/^warning /);
    expect(first).toMatch(message);
    expect(more).toEqual([]);
  });

  test('that meet: nothing is said', async () => {
    const all = [
      backend('orders', 'number: 80'),
      backend('orders', 'name: web').replace('name: shop', 'name: other'),
      object(
        'policy/v1',
        'PodDisruptionBudget',
        'b',
        'spec: {minAvailable: 1, selector: {matchLabels: {app: orders}}}',
      ),
      object('networking.k8s.io/v1', 'NetworkPolicy', 'np', 'spec: {podSelector: {}}'),
      object(
        'autoscaling/v2',
        'HorizontalPodAutoscaler',
        'h',
        'spec: {maxReplicas: 2, scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: orders}}',
      ),
    ];
    expect(await beside(ports, ...all)).toEqual([]);
  });

  test('an autoscaler and a manifest that both set the number of pods', async () => {
    const scaler = object(
      'autoscaling/v2',
      'HorizontalPodAutoscaler',
      'h',
      'spec: {maxReplicas: 2, scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: orders}}',
    );
    const fixed = plain.replace('spec:\n', 'spec:\n  replicas: 2\n');
    const [first, ...more] = await saidOf([fixed, ports, scaler].join(''));
    expect(first).toMatch(/^warning .* spec.scaleTargetRef.name is orders, whose manifest sets replicas too/);
    expect(more).toEqual([]);
  });
});
