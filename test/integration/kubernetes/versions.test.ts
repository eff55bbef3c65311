import { afterAll, beforeAll, expect, test } from 'vitest';
import { labSuite } from '../../support/lab.ts';
import { type App, change, changed, deploy, openApp } from './support/app.ts';
import { kubectl, objectOf } from './support/kubectl.ts';

const image = `registry.example.com/orders@sha256:${'a'.repeat(64)}`;

labSuite('kubernetes target', ['kubeconfig', 'kubectl'], () => {
  let app: App;
  let group: string;
  beforeAll(async () => {
    app = await openApp();
    group = `${app.namespace}.example.com`;
  });
  afterAll(async () => {
    await kubectl(['delete', 'crd', `things.${group}`, `parts.${group}`, '--ignore-not-found']);
    await app.close();
  });

  const version = (name: string, served: boolean, storage: boolean, fields: string) =>
    `{name: ${name}, served: ${served}, storage: ${storage}, schema: {openAPIV3Schema: {type: object, properties: {spec: {type: object, properties: {${fields}}}}}}}`;
  const early = 'size: {type: integer}, old: {type: string}';
  const late = 'size: {type: integer}, colour: {type: string}';
  const manifests = (versions: string[], object: string, { kind = 'Thing', plural = 'things' } = {}) =>
    app.service('orders', {
      image,
      files: {
        'crd.yaml': `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: ${plural}.${group}}
spec:
  group: ${group}
  names: {kind: ${kind}, plural: ${plural}}
  scope: Namespaced
  versions: [${versions.join(', ')}]
`,
        'object.yaml': `apiVersion: ${group}/${object}`,
      },
    });
  const live = () => objectOf(app.namespace, `things.${group}/first`);
  const head = 'kind: Thing\nmetadata: {name: first}\n';

  test('a kind that moves from v1beta1 to v1 keeps its objects', async () => {
    const old = await manifests(
      [version('v1beta1', true, true, early)],
      `v1beta1\n${head}spec: {size: 3, old: x}\n`,
    );
    await deploy(app.target, [old]);
    const { metadata } = await live();

    // One run brings the version and the object in it, with a field that the old one does not know.
    const versions = [version('v1beta1', true, false, early), version('v1', true, true, late)];
    const moved = await manifests(versions, `v1\n${head}spec: {size: 4, colour: red}\n`);
    const plan = await deploy(app.target, [moved]);
    expect(changed(plan)).toEqual({
      [`CustomResourceDefinition/things.${group}`]: 'update',
      'Thing/first': 'update',
    });
    expect(change(plan, 'Thing/first').note).toContain(`moves from ${group}/v1beta1 to ${group}/v1`);
    const after = await live();
    expect(after.metadata.uid).toBe(metadata.uid);
    expect(after.spec).toEqual({ size: 4, colour: 'red' });
    expect(changed(await deploy(app.target, [moved]))).toEqual({});
    expect(
      (await kubectl(['get', `things.${group}`, '-n', app.namespace, '-o', 'name'])).split('\n'),
    ).toHaveLength(2);

    // Once it is no longer served, nothing depends on the old one.
    const rest = [version('v1beta1', false, false, early), version('v1', true, true, late)];
    const alone = await manifests(rest, `v1\n${head}spec: {size: 4}\n`);
    expect(changed(await deploy(app.target, [alone]))).toEqual({
      [`CustomResourceDefinition/things.${group}`]: 'update',
      'Thing/first': 'update',
    });
    expect((await live()).spec).toEqual({ size: 4 });
    expect((await live()).metadata.uid).toBe(metadata.uid);
  }, 60_000);

  test('one that is served in both versions moves with a field that only the new one knows', async () => {
    const part = { kind: 'Part', plural: 'parts' };
    const versions = [version('v1beta1', true, false, early), version('v1', true, true, late)];
    const object = 'kind: Part\nmetadata: {name: first}\n';
    await deploy(app.target, [await manifests(versions, `v1beta1\n${object}spec: {size: 3}\n`, part)]);
    const moved = await manifests(versions, `v1\n${object}spec: {colour: red}\n`, part);
    const plan = await deploy(app.target, [moved]);
    expect(change(plan, 'Part/first')).toMatchObject({
      action: 'update',
      fields: [
        { path: 'spec.colour', after: 'red' },
        { path: 'spec.size', before: '3' },
      ],
      note: `moves from ${group}/v1beta1 to ${group}/v1`,
    });
    expect((await objectOf(app.namespace, `parts.${group}/first`)).spec).toEqual({ colour: 'red' });
    expect(changed(await deploy(app.target, [moved]))).toEqual({});
  });

  test('an object that was applied by another version that is still served moves once', async () => {
    const files = (apiVersion: string, metric: string) => ({
      'hpa.yaml': `apiVersion: ${apiVersion}
kind: HorizontalPodAutoscaler
metadata: {name: moving}
spec: {scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: none}, maxReplicas: 3, ${metric}}
`,
    });
    const one = 'targetCPUUtilizationPercentage: 80';
    const two =
      'metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 80}}}]';
    await deploy(app.target, [await app.service('orders', { image, files: files('autoscaling/v1', one) })]);
    const id = 'HorizontalPodAutoscaler/moving';
    const { metadata } = await objectOf(app.namespace, id);
    const moved = await app.service('orders', { image, files: files('autoscaling/v2', two) });
    expect(change(await deploy(app.target, [moved]), id)).toMatchObject({
      action: 'update',
      fields: [],
      note: 'moves from autoscaling/v1 to autoscaling/v2',
    });
    expect((await objectOf(app.namespace, id)).metadata.uid).toBe(metadata.uid);
    expect(changed(await deploy(app.target, [moved]))).toEqual({});
  });
});
