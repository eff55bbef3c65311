import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ExpectedError } from '../../../../src/core/errors.ts';
import type { KubernetesObject } from '../../../../src/core/kubernetes-object.ts';
import { readKubernetesYaml } from '../../../../src/core/kubernetes-yaml.ts';
import type { Resource } from '../../../../src/targets/kubernetes/api/discovery.ts';
import type { Cluster } from '../../../../src/targets/kubernetes/cluster.ts';
import { placedObjects } from '../../../../src/targets/kubernetes/plan/placed-objects.ts';

const served: Resource[] = [
  { apiVersion: 'v1', group: '', kind: 'ConfigMap', name: 'configmaps', namespaced: true, verbs: [] },
  { apiVersion: 'v1', group: '', kind: 'Service', name: 'services', namespaced: true, verbs: [] },
  { apiVersion: 'v1', group: '', kind: 'Namespace', name: 'namespaces', namespaced: false, verbs: [] },
  {
    apiVersion: 'apiextensions.k8s.io/v1',
    group: 'apiextensions.k8s.io',
    kind: 'CustomResourceDefinition',
    name: 'customresourcedefinitions',
    namespaced: false,
    verbs: [],
  },
];
const find = ({ apiVersion, kind }: { apiVersion: string; kind: string }) =>
  served.find((one) => one.apiVersion === apiVersion && one.kind === kind);
const cluster = {
  namespace: 'home',
  context: 'lab',
  kinds: async () => ({ find, preferred: served }),
} as unknown as Cluster;

const desired = (text: string) =>
  readKubernetesYaml(text).documents.map(({ value, line }) => ({
    object: value as KubernetesObject,
    service: 'app',
    file: 'app.yaml',
    line,
  }));

const app = `
{apiVersion: v1, kind: Service, metadata: {name: web, namespace: home}}
---
{apiVersion: serving.example.com/v1, kind: Service, metadata: {name: web}}
---
{apiVersion: v1, kind: ConfigMap, metadata: {name: b}}
---
{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}
---
{apiVersion: v1, kind: Namespace, metadata: {name: other, namespace: ignored}}
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: services.serving.example.com}
spec: {group: serving.example.com, scope: Namespaced, names: {kind: Service, plural: services}, versions: [{name: v1}]}
`;

describe('placedObjects', () => {
  test('finds the address of each, also of kinds that the same manifests define', async () => {
    const placed = await placedObjects(desired(app), cluster);
    expect(placed.map(({ path, awaitsKind }) => `${path}${awaitsKind ? ' (to come)' : ''}`)).toEqual([
      '/api/v1/namespaces/home/configmaps/a',
      '/api/v1/namespaces/home/configmaps/b',
      '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/services.serving.example.com',
      '/api/v1/namespaces/other',
      '/apis/serving.example.com/v1/namespaces/home/services/web (to come)',
      '/api/v1/namespaces/home/services/web',
    ]);
    expect(placed.map(({ object }) => object.metadata.namespace)).toEqual([
      'home',
      'home',
      undefined,
      undefined,
      'home',
      'home',
    ]);
  });

  test('is the same, however the manifests are shuffled', async () => {
    const paths = async (objects: ReturnType<typeof desired>) =>
      (await placedObjects(objects, cluster)).map(({ path }) => path);
    const expected = await paths(desired(app));
    const shuffles = fc.shuffledSubarray(desired(app), { minLength: expected.length });
    await fc.assert(
      fc.asyncProperty(shuffles, async (objects) => {
        expect(await paths(objects)).toEqual(expected);
      }),
      { numRuns: 100 },
    );
  });

  test('refuses objects of other namespaces, and says where they can go', async () => {
    const strange = app.replace('namespace: home', 'namespace: kube-system');
    const error = await placedObjects(desired(strange), cluster).catch((thrown: ExpectedError) => thrown);
    expect((error as ExpectedError).explanation).toMatchObject({
      code: 'E_MANIFEST',
      why: ['app.yaml:2 Service/web is for namespace kube-system, this deploy is for home'],
      hints: [expect.stringMatching(/metadata\.namespace/), expect.stringMatching(/-n kube-system$/)],
    });
  });
});
