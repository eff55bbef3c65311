import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { KubernetesObject } from '../../../src/core/kubernetes-object.ts';
import { readKubernetesYaml } from '../../../src/core/kubernetes-yaml.ts';
import { type ApiClient, createApiClient } from '../../../src/targets/kubernetes/api/api-client.ts';
import { ApiError } from '../../../src/targets/kubernetes/api/api-error.ts';
import { readAccess } from '../../../src/targets/kubernetes/api/kubeconfig.ts';
import { applyObject, getObject } from '../../../src/targets/kubernetes/cluster.ts';
import { isSurelyUnchanged } from '../../../src/targets/kubernetes/fields/unchanged.ts';
import { lab, labSuite } from '../../support/lab.ts';
import { anyObject, type Edit, edits, paths } from './support/any-object.ts';
import { type App, openApp } from './support/app.ts';
import { serviceManifests } from './support/manifests.ts';

const runs = Number(process.env.CLOUDNATIVE_TEST_RUNS ?? 150);

labSuite('kubernetes target', ['kubeconfig', 'kubectl'], () => {
  let app: App;
  let api: ApiClient;
  beforeAll(async () => {
    app = await openApp();
    api = createApiClient({ context: lab.context!, access: () => readAccess(lab.context!, lab.kubeconfig) });
  });
  afterAll(async () => {
    api.close();
    await app.close();
  });

  let number = 0;
  const named = (object: KubernetesObject, name: string): KubernetesObject => ({
    ...object,
    metadata: { ...object.metadata, name, namespace: app.namespace },
  });

  const pathOf = ({ kind, metadata }: KubernetesObject) =>
    `${paths[kind]!.replace('NAMESPACE', app.namespace)}/${metadata.name}`;

  /** Who edits by hand has no say in what the server takes: an edit that it refuses is none. */
  const editBy = async (path: string, { manager, operations }: Edit) => {
    const query = { fieldManager: manager };
    const contentType = 'application/json-patch+json';
    try {
      await api.request({ method: 'PATCH', path, query, contentType, body: operations });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
    }
  };

  /** What is there, and what the server would make of it: of one moment, since controllers write a status when they like. */
  const seenWith = async (desired: KubernetesObject, path: string) => {
    for (;;) {
      const live = (await getObject({ api }, path))!;
      const after = await applyObject({ api }, path, desired, { dryRun: true, force: true }).catch(
        (error: unknown) => error as Error,
      );
      const then = (await getObject({ api }, path))!;
      if (then.metadata.resourceVersion === live.metadata.resourceVersion) return { live, after };
    }
  };

  test('whenever an object is said to be unchanged, the server would change nothing', async () => {
    const count = { sure: 0, unsure: 0, changing: 0, refused: 0 };
    const property = fc.asyncProperty(
      anyObject,
      anyObject,
      fc.boolean(),
      edits,
      async (one, another, same, hands) => {
        const name = `any-${number++}`;
        const applied = named(one, name);
        const path = pathOf(applied);
        try {
          await applyObject({ api }, path, applied, {});
        } catch (error) {
          if (!(error instanceof ApiError)) throw error;
          count.refused++;
          return;
        }
        for (const hand of hands) await editBy(path, hand);
        const desired = same || another.kind !== one.kind ? applied : named(another, name);
        const { live, after } = await seenWith(desired, path);
        const sure = isSurelyUnchanged(desired, live);
        count[sure ? 'sure' : 'unsure']++;
        if (sure) expect(after).toEqual(live);
        else if (after instanceof Error || JSON.stringify(after) !== JSON.stringify(live)) count.changing++;
      },
    );
    await fc.assert(property, { numRuns: runs });
    console.log(`unchanged: ${JSON.stringify(count)}`);
    expect(count.sure).toBeGreaterThan(runs / 10);
    expect(count.changing).toBeGreaterThan(runs / 10);
  }, 240_000);

  test('manifests as services have them are known without asking, once applied', async () => {
    const texts = Object.values(serviceManifests('usual', { autoscaler: { min: 1, max: 2 } }));
    for (const { value } of texts.flatMap((text) => readKubernetesYaml(text).documents)) {
      const desired = named(value as KubernetesObject, 'usual');
      desired.metadata.labels = { ...desired.metadata.labels, 'cloudnative.dev/app': 'shop' };
      const live = await applyObject({ api }, pathOf(desired), desired, {});
      expect(isSurelyUnchanged(desired, live), desired.kind).toBe(true);
    }
  });
});
