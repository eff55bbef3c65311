import { afterEach, expect, test } from 'vitest';
import { labSuite } from '../../support/lab.ts';
import { type App, changed, deploy, openApp } from './support/app.ts';
import { kubectl } from './support/kubectl.ts';
import { configMaps, labelled, recordName, recordObject } from './support/record.ts';

const image =
  'nowhere.invalid/orders@sha256:0000000000000000000000000000000000000000000000000000000000000000';

labSuite('kubernetes target', ['kubeconfig', 'kubectl'], () => {
  let app: App;
  afterEach(() => app.close());

  /** What kubectl would prune if these were all of the set's manifests; nothing is written. */
  const kubectlPrune = (manifests: string) =>
    kubectl(
      [
        'apply',
        '-n',
        app.namespace,
        '--prune',
        `--applyset=configmap/${recordName}`,
        '--dry-run=server',
        '-f',
        '-',
      ],
      { input: manifests, env: { KUBECTL_APPLYSET: 'true' } },
    );

  test('the record is an ApplySet that kubectl reads: it finds the same members, and leaves them to us', async () => {
    app = await openApp();
    const files = {
      ...configMaps('a', 'b'),
      'secret.yaml': 'apiVersion: v1\nkind: Secret\nmetadata: {name: s}\n',
      'sa.yaml': 'apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: sa}\n',
    };
    await deploy(app.target, [await app.service('orders', { image, files })]);
    const { metadata } = await recordObject(app.namespace);
    expect(metadata.labels).toMatchObject({
      'applyset.kubernetes.io/id': expect.stringMatching(/^applyset-[\w-]{43}-v1$/),
    });
    expect(metadata.annotations).toEqual({
      'applyset.kubernetes.io/tooling': 'cloudnative/v1',
      'applyset.kubernetes.io/contains-group-kinds': 'ConfigMap,Secret,ServiceAccount',
      'applyset.kubernetes.io/additional-namespaces': '',
    });
    expect((await labelled(app.namespace)).map((line) => line.split(' ')[0])).toEqual([
      'ConfigMap/a',
      'ConfigMap/b',
      'Secret/s',
      'ServiceAccount/sa',
    ]);
    await expect(kubectlPrune(configMaps('a')['maps.yaml']!)).rejects.toThrow(
      `"configmaps./${recordName}" already exists and is managed by tooling "cloudnative" instead of "kubectl"`,
    );
    // Were it kubectl's own, kubectl would prune from it what we would.
    const annotate = (tooling: string) =>
      kubectl([
        'annotate',
        'configmap',
        recordName,
        '-n',
        app.namespace,
        '--overwrite',
        `applyset.kubernetes.io/tooling=${tooling}`,
      ]);
    await annotate('kubectl/v1.34.0');
    const pruned = (await kubectlPrune(configMaps('a')['maps.yaml']!))
      .split('\n')
      .filter((line) => line.includes('pruned'));
    await annotate('cloudnative/v1');
    expect(pruned.map((line) => line.split(' ')[0]).sort()).toEqual([
      'configmap/b',
      'secret/s',
      'serviceaccount/sa',
    ]);
    const plan = await deploy(app.target, [await app.service('orders', { image, files: configMaps('a') })]);
    expect(changed(plan)).toEqual({
      'ConfigMap/b': 'remove',
      'Secret/s': 'remove',
      'ServiceAccount/sa': 'remove',
    });
  });

  test('an app that kubectl applied is adopted without a restart of its pods', async () => {
    app = await openApp();
    const deployment = (reference: string) => `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 0
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: "${reference}"}]}
`;
    await kubectl(['apply', '--server-side', '-n', app.namespace, '-f', '-'], { input: deployment(image) });
    const generation = () =>
      kubectl([
        'get',
        'deployment',
        'web',
        '-n',
        app.namespace,
        '-o',
        'jsonpath={.metadata.generation} {.spec.template.metadata.labels}',
      ]);
    const before = await generation();
    const plan = await deploy(app.target, [
      await app.service('orders', { image, files: { 'web.yaml': deployment('orders') } }),
    ]);
    expect(changed(plan)).toEqual({ 'Deployment/web': 'update' });
    expect(await labelled(app.namespace)).toEqual([expect.stringMatching(/^Deployment\/web /)]);
    expect(await generation()).toBe(before);
  });
});
