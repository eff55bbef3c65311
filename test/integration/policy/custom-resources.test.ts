import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { KubernetesObject } from '../../../src/core/kubernetes-object.ts';
import { readKubernetesYaml } from '../../../src/core/kubernetes-yaml.ts';
import { labSuite } from '../../support/lab.ts';
import { kubectl } from '../kubernetes/support/kubectl.ts';
import { compare } from './compare.ts';
import { mutantsOf } from './mutations.ts';
import { openServerJudge, type ServerJudge } from './server-judge.ts';

const file = new URL('../../fixtures/kubernetes/valid/extension.yaml', import.meta.url);
const group = `policy-${randomBytes(4).toString('hex')}.example.com`;

labSuite('policy agreement', ['kubeconfig', 'kubectl'], () => {
  let judge: ServerJudge;
  let definition: KubernetesObject;
  beforeAll(async () => {
    const text = (await readFile(file, 'utf8')).replaceAll('corpus.example.com', group);
    const objects = readKubernetesYaml(text).documents.map(({ value }) => value as KubernetesObject);
    definition = objects.find(({ kind }) => kind === 'CustomResourceDefinition')!;
    await kubectl(['apply', '-f', '-'], { input: JSON.stringify(definition) });
    await kubectl(['wait', '--for=condition=Established', '--timeout=30s', `crd/widgets.${group}`]);
    judge = await openServerJudge();
  });
  afterAll(async () => {
    await judge?.close();
    await kubectl(['delete', 'crd', `widgets.${group}`, '--wait=false']);
  });

  test('a custom resource is judged by its definition as the server judges it', async () => {
    const widget: KubernetesObject = {
      apiVersion: `${group}/v1`,
      kind: 'Widget',
      metadata: { name: 'a', labels: { a: 'b' } },
      spec: {
        size: 3,
        name: 'abc',
        colour: 'green',
        replicas: 2,
        port: 80,
        free: { any: { thing: [1, 'a', null] } },
        labels: { a: 'b' },
        tags: ['x', 'y'],
        parts: [
          { name: 'a', weight: 1.5 },
          { name: 'b', weight: null },
        ],
        when: '2026-01-31T12:00:00Z',
        choice: { a: 'x' },
        inner: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, data: { a: 'b' } },
      },
    };
    const all = [{ object: widget, change: '' }, ...mutantsOf(widget)];
    const { falseAlarms, missed, both, neither } = await compare(all, judge, [definition]);
    const counts = `${both} refused by both, ${neither} accepted by both, ${missed.length} refused by the server alone`;
    console.error(`custom resources: ${all.length} changed ones, ${counts}`);
    expect(falseAlarms).toEqual([]);
    expect(both / (both + missed.length), missed.join('\n')).toBeGreaterThan(0.9);
  });
});
