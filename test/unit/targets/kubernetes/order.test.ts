import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ExpectedError } from '../../../../src/core/errors.ts';
import type { KubernetesObject } from '../../../../src/core/kubernetes-object.ts';
import { readKubernetesYaml } from '../../../../src/core/kubernetes-yaml.ts';
import { inOrder } from '../../../../src/engine/apply-plan.ts';
import { orderOf } from '../../../../src/targets/kubernetes/plan/order.ts';
import type { PlacedObject } from '../../../../src/targets/kubernetes/plan/placed-objects.ts';
import type { Service } from '../../../../src/workspace/model.ts';
import { comesBefore, orderTree } from '../../../support/order-tree.ts';

const clusterWide =
  /^(Namespace|CustomResourceDefinition|Cluster|PersistentVolume$|StorageClass|\w+WebhookConf|APIService)/;

/** Objects of a service as a plan has them; short ones are written as `Kind/name`, with pods when they are workloads. */
function placed(yaml: string, service = 'app'): { id: string; desired: PlacedObject }[] {
  return readKubernetesYaml(yaml).documents.map(({ value, line }) => {
    const object = value as KubernetesObject;
    const { kind, metadata } = object;
    const namespaced = !clusterWide.test(kind);
    if (namespaced) metadata.namespace = 'home';
    const path = `/apis/${object.apiVersion}/namespaces/home/${kind.toLowerCase()}s/${metadata.name}`;
    const desired = { object, service, path, namespaced, awaitsKind: false, file: 'app.yaml', line };
    return { id: `${kind}/${metadata.name}`, desired };
  });
}

const kinds: Record<string, string> = {
  Deployment: 'apps/v1',
  StatefulSet: 'apps/v1',
  Job: 'batch/v1',
  HorizontalPodAutoscaler: 'autoscaling/v2',
  Role: 'rbac.authorization.k8s.io/v1',
  RoleBinding: 'rbac.authorization.k8s.io/v1',
  PodDisruptionBudget: 'policy/v1',
};
const pods = (kind: string) => ['Deployment', 'StatefulSet', 'Job', 'Pod'].includes(kind);
const short = (ids: string, extra = '') =>
  ids
    .split(' ')
    .map((id) => {
      const [kind, name] = id.split('/') as [string, string];
      const spec = pods(kind) ? `, spec: {template: {spec: {containers: [{name: a}]}}}` : '';
      return `{apiVersion: ${kinds[kind] ?? 'v1'}, kind: ${kind}, metadata: {name: ${name}}${spec}${extra}}`;
    })
    .join('\n---\n');
const service = (name: string, ...calls: string[]) => ({ name, calls }) as unknown as Service;
const order = (objects: { id: string; desired: PlacedObject }[], explicit?: Map<string, string[]>) =>
  orderOf(objects, [service('app')], explicit);
const tree = (yaml: string, explicit?: Map<string, string[]>) => orderTree(order(placed(yaml), explicit));

describe('the order of a service', () => {
  test('what is stored comes before its pods, what nothing needs stands alone', () => {
    expect(
      tree(
        short(
          'Deployment/web ConfigMap/web Secret/web ServiceAccount/web Role/web LimitRange/web PodDisruptionBudget/web',
        ),
      ),
    ).toMatchInlineSnapshot(`
      "Deployment/web
        ConfigMap/web
        LimitRange/web
        Role/web
        Secret/web
        ServiceAccount/web
      PodDisruptionBudget/web
      "
    `);
  });

  test('the namespace before its content, a role before its binding', () => {
    const binding = `{apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: {name: web},
      roleRef: {kind: Role, name: web}}`;
    expect(
      tree(`${short('Namespace/home Namespace/other Role/web Deployment/web')}\n---\n${binding}`),
    ).toMatchInlineSnapshot(`
      "Deployment/web
        RoleBinding/web
          Role/web
            Namespace/home
      Namespace/other
      "
    `);
  });

  test('Services before the pods that they lead to, but no balancer is waited for', () => {
    expect(
      tree(`
{apiVersion: v1, kind: Service, metadata: {name: web}, spec: {selector: {app: web}}}
---
{apiVersion: v1, kind: Service, metadata: {name: front}, spec: {type: LoadBalancer, selector: {app: web}}}
---
{apiVersion: v1, kind: Service, metadata: {name: data}, spec: {clusterIP: None, selector: {app: data}}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec: {template: {metadata: {labels: {app: web, tier: a}}, spec: {containers: [{name: a}]}}}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: data}
spec: {serviceName: data, template: {metadata: {labels: {app: data}}, spec: {containers: [{name: a}]}}}
`),
    ).toMatchInlineSnapshot(`
      "Deployment/web
        Service/web
      Service/front
      StatefulSet/data
        Service/data
      "
    `);
  });

  test('volumes before claims before pods, autoscalers after what they scale', () => {
    expect(
      tree(`
{apiVersion: v1, kind: PersistentVolume, metadata: {name: disk}}
---
{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: disk}, spec: {volumeName: disk}}
---
{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: unused}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec: {template: {spec: {containers: [{name: a}], volumes: [{name: d, persistentVolumeClaim: {claimName: disk}}]}}}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: web}
spec: {scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}}
`),
    ).toMatchInlineSnapshot(`
      "HorizontalPodAutoscaler/web
        Deployment/web
          PersistentVolumeClaim/disk
            PersistentVolume/disk
      PersistentVolumeClaim/unused
      "
    `);
  });

  test('hooks of a chart before and after its pods', () => {
    const hook = (name: string, when: string) => `
apiVersion: batch/v1
kind: Job
metadata: {name: ${name}, annotations: {helm.sh/hook: "${when}"}}
spec: {template: {spec: {containers: [{name: a}]}}}
`;
    expect(
      tree(
        [
          short('Deployment/web ConfigMap/web'),
          hook('migrate', 'pre-install, pre-upgrade'),
          hook('seed', 'post-install'),
        ].join('\n---\n'),
      ),
    ).toMatchInlineSnapshot(`
      "Job/seed
        Deployment/web
          Job/migrate
            ConfigMap/web
      "
    `);
  });
});

const operator = `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: queues.example.com}
spec: {group: example.com, names: {kind: Queue, plural: queues}}
---
{apiVersion: v1, kind: Service, metadata: {name: operator}, spec: {selector: {app: operator}}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: operator}
spec: {template: {metadata: {labels: {app: operator}}, spec: {containers: [{name: a}]}}}
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: {name: queues}
webhooks:
  - clientConfig: {service: {name: operator, namespace: home}}
    rules: [{apiGroups: [example.com, ""], apiVersions: ["*"], resources: [queues, configmaps], operations: [CREATE]}]
---
{apiVersion: example.com/v1, kind: Queue, metadata: {name: mail}}
---
{apiVersion: v1, kind: ConfigMap, metadata: {name: settings}}
`;

describe('an operator', () => {
  test('definitions, the pods that serve its webhook, the webhook, and then what it judges', () => {
    expect(tree(operator)).toMatchInlineSnapshot(`
      "Queue/mail
        ValidatingWebhookConfiguration/queues
          Deployment/operator
            ConfigMap/settings
            CustomResourceDefinition/queues.example.com
            Service/operator
      "
    `);
  });

  test('a conversion webhook and an aggregated API wait for their pods too', () => {
    const converted = operator
      .replace(
        'spec: {group: example.com,',
        'spec: {conversion: {strategy: Webhook, webhook: {clientConfig: {service: {name: operator, namespace: home}}}}, group: example.com,',
      )
      .replace(/apiVersion: admission[\s\S]*?---\n/, '');
    const api = `{apiVersion: apiregistration.k8s.io/v1, kind: APIService, metadata: {name: v1.metrics}, spec: {service: {name: operator, namespace: home}}}`;
    const found = order(placed(`${converted}\n---\n${api}`));
    expect(comesBefore('Deployment/operator', 'Queue/mail', found)).toBe(true);
    expect(comesBefore('Deployment/operator', 'APIService/v1.metrics', found)).toBe(true);
  });

  test('a resource from which a Secret is made comes before the pods that use it', () => {
    const app = `
{apiVersion: cert-manager.io/v1, kind: Certificate, metadata: {name: web}, spec: {secretName: web-tls}}
---
{apiVersion: cert-manager.io/v1, kind: Certificate, metadata: {name: other}, spec: {secretName: other-tls}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec: {template: {spec: {containers: [{name: a}], volumes: [{name: tls, secret: {secretName: web-tls}}]}}}
`;
    expect(order(placed(app)).get('Deployment/web')).toEqual(['Certificate/web']);
    // Its controller may be this very Deployment.
    const definition = `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: certificates.cert-manager.io}
spec: {group: cert-manager.io, names: {kind: Certificate}}`;
    expect(order(placed(`${app}\n---\n${definition}`)).get('Deployment/web')).toEqual([
      'CustomResourceDefinition/certificates.cert-manager.io',
    ]);
    const made = `${app}\n---\n{apiVersion: v1, kind: Secret, metadata: {name: web-tls}}`;
    expect(order(placed(made)).get('Deployment/web')).toEqual(['Secret/web-tls']);
  });
});

describe('what objects say themselves', () => {
  test('comes first, and wins over the usual order', () => {
    const explicit = new Map([
      ['Deployment/web', ['Job/migrate']],
      ['ConfigMap/late', ['Deployment/web']],
    ]);
    expect(
      tree(short('Deployment/web Deployment/api Job/migrate ConfigMap/late ConfigMap/early'), explicit),
    ).toMatchInlineSnapshot(`
      "ConfigMap/late
        Deployment/web
          Job/migrate
            ConfigMap/early
      Deployment/api
        ConfigMap/early
      "
    `);
  });

  test('a circle is refused with the place of each', () => {
    const explicit = new Map([
      ['Deployment/web', ['Job/migrate']],
      ['Job/migrate', ['Deployment/web']],
    ]);
    const objects = placed(short('Deployment/web Job/migrate'));
    const error = catching(() => order(objects, explicit));
    expect(error.explanation).toMatchObject({
      code: 'E_MANIFEST',
      why: [
        'app.yaml:1 Deployment/web depends on Job/migrate, in a circle: Deployment/web → Job/migrate → Deployment/web',
        'app.yaml:3 Job/migrate depends on Deployment/web, in a circle: Deployment/web → Job/migrate → Deployment/web',
      ],
    });
    expect(() => order(objects, new Map([['Job/migrate', ['Job/migrate']]]))).toThrow(ExpectedError);
  });
});

describe('services', () => {
  test('workloads after those of the services that their own calls, as far as they are in the plan', () => {
    const objects = ['orders', 'catalog', 'other'].flatMap((name) =>
      placed(short(`Deployment/${name} ConfigMap/${name}`), name),
    );
    expect(
      orderTree(
        orderOf(objects, [service('orders', 'catalog', 'elsewhere'), service('catalog'), service('other')]),
      ),
    ).toMatchInlineSnapshot(`
      "Deployment/orders
        ConfigMap/orders
        Deployment/catalog
          ConfigMap/catalog
      Deployment/other
        ConfigMap/other
      "
    `);
  });

  test('never a circle, whoever calls whom', () => {
    const names = ['a', 'b', 'c', 'd', 'e'];
    const calls = fc.tuple(...names.map(() => fc.subarray(names)));
    fc.assert(
      fc.property(calls, (all) => {
        const found = orderOf(
          names.flatMap((name) => placed(short(`Deployment/${name}`), name)),
          names.map((name, index) => service(name, ...all[index]!)),
        );
        expect(changesIn(found)).toHaveLength(names.length);
      }),
    );
  });
});

const many = [
  'Namespace/home ConfigMap/a ConfigMap/b Secret/a ServiceAccount/a Deployment/a Deployment/b Job/a Job/b StatefulSet/a',
  'HorizontalPodAutoscaler/a Pod/a LimitRange/a Role/a PodDisruptionBudget/a Service/a',
].join(' ');
const everything = () => [...placed(short(many)), ...placed(operator)];

describe('any set of objects', () => {
  const ids = everything().map(({ id }) => id);
  const explicit = fc
    .array(fc.tuple(fc.constantFrom(...ids), fc.constantFrom(...ids)), { maxLength: 6 })
    .map((pairs) => new Map(pairs.map(([id, needed]) => [id, [needed]])));

  test('has an order without a circle that keeps what objects say, or tells that they say a circle', () => {
    fc.assert(
      fc.property(explicit, fc.subarray(ids), (needs, chosen) => {
        const objects = everything().filter(({ id }) => chosen.includes(id));
        let found: Map<string, string[]>;
        try {
          found = order(objects, needs);
        } catch (error) {
          if (!(error instanceof ExpectedError)) throw error;
          expect(error.explanation.why).not.toEqual([]);
          return;
        }
        expect(changesIn(found)).toHaveLength(objects.length);
        for (const [id, [needed]] of needs)
          if (chosen.includes(id) && chosen.includes(needed!)) expect(found.get(id)).toContain(needed);
      }),
    );
  });

  test('has the same order, however the objects are shuffled', () => {
    const expected = [...order(everything())].sort();
    fc.assert(
      fc.property(fc.shuffledSubarray(everything(), { minLength: ids.length }), (shuffled) => {
        expect([...order(shuffled)].sort()).toEqual(expected);
        expect(changesIn(order(shuffled)).map(({ id }) => id)).toEqual(
          changesIn(order(everything())).map(({ id }) => id),
        );
      }),
      { numRuns: 100 },
    );
  });

  test('has few edges when it is large, and the same meaning', () => {
    const names = Array.from({ length: 100 }, (_, index) => `n${String(index).padStart(3, '0')}`);
    const large = placed(
      short(names.flatMap((name) => [`ConfigMap/${name}`, `Secret/${name}`, `Deployment/${name}`]).join(' ')),
    );
    const found = order(large);
    const edges = [...found.values()].reduce((sum, after) => sum + after.length, 0);
    expect(edges).toBeLessThan(1000);
    changesIn(found);
    for (const stored of ['ConfigMap/n000', 'Secret/n050', 'Secret/n099'])
      expect(comesBefore(stored, 'Deployment/n042', found)).toBe(true);
    // One that is needed by another, or comes late, stands for nothing.
    const late = order(
      large,
      new Map([
        ['Secret/n099', ['Deployment/n007']],
        ['Secret/n098', ['Secret/n097']],
      ]),
    );
    changesIn(late);
    expect(comesBefore('Secret/n098', 'Deployment/n007', late)).toBe(true);
    expect(comesBefore('Secret/n096', 'Deployment/n007', late)).toBe(true);
    expect(comesBefore('Deployment/n007', 'Secret/n099', late)).toBe(true);
  });
});

/** In the order in which the engine starts them; throws on a circle. */
function changesIn(found: ReadonlyMap<string, readonly string[]>) {
  const changes = [...found].map(([id, after]) => ({ id, after, action: 'none' as const, fields: [] }));
  return inOrder(changes.sort((a, b) => (a.id < b.id ? -1 : 1)));
}

function catching(work: () => unknown): ExpectedError {
  try {
    work();
  } catch (error) {
    return error as ExpectedError;
  }
  throw new Error('nothing was thrown');
}
