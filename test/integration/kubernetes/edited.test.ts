import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Change } from '../../../src/core/change.ts';
import { ExpectedError } from '../../../src/core/errors.ts';
import type { KubernetesObject } from '../../../src/core/kubernetes-object.ts';
import { fieldChanges } from '../../../src/plan/field-changes.ts';
import { type ApiClient, createApiClient } from '../../../src/targets/kubernetes/api/api-client.ts';
import { ApiError } from '../../../src/targets/kubernetes/api/api-error.ts';
import { readAccess } from '../../../src/targets/kubernetes/api/kubeconfig.ts';
import { getObject } from '../../../src/targets/kubernetes/cluster.ts';
import { lab, labSuite } from '../../support/lab.ts';
import { figure, long, seed } from '../../support/trials.ts';
import { anyObject, paths } from './support/any-object.ts';
import { type App, change, deploy, openApp } from './support/app.ts';

const wanted = long ? 100 : 12;
const image = `registry.example.com/orders@sha256:${'a'.repeat(64)}`;

/**
 * Objects of one kind: as it is deployed, what somebody makes of it before the plan (which then takes that back, with force), as it is to
 * be, and what somebody makes of it after the plan.
 */
const trial = anyObject.chain((before) => {
  const same = anyObject.filter(({ kind }) => kind === before.kind);
  const hand = fc.constantFrom('kubectl-edit', 'kubectl-client-side-apply', 'cloudnative', 'robot');
  const earlier = fc.option(same, { freq: 3 });
  return fc.record({ before: fc.constant(before), earlier, after: same, between: same, hand });
});

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

  const service = (object: KubernetesObject, name: string) => {
    const text = JSON.stringify({ ...object, metadata: { ...object.metadata, name } });
    return app.service('orders', { image, files: { 'one.yaml': text } });
  };
  const edit = (path: string, { metadata, ...object }: KubernetesObject, fieldManager: string) => {
    const { apiVersion: _, kind: __, ...content } = object;
    const { labels, annotations } = metadata;
    const contentType = 'application/merge-patch+json';
    const body = { ...content, metadata: { labels, annotations } };
    return api.request({ method: 'PATCH', path, query: { fieldManager }, contentType, body });
  };
  /** What the server does not take is no deploy, no plan and no edit. */
  const taken = async <T>(work: Promise<T>): Promise<T | undefined> => {
    try {
      return await work;
    } catch (error) {
      if (error instanceof ExpectedError || error instanceof ApiError) return undefined;
      throw error;
    }
  };

  test('of an object that was edited since it was planned, only what the plan shows is written', async () => {
    const count = { edits: 0, written: 0, refused: 0 };
    let number = 0;
    const property = fc.asyncProperty(trial, async ({ before, earlier, after, between, hand }) => {
      if (count.edits === wanted) return;
      const name = `edited-${number++}`;
      const id = `${before.kind}/${name}`;
      const path = `${paths[before.kind]!.replace('NAMESPACE', app.namespace)}/${name}`;
      const live = async () => (await getObject({ api }, path))!;
      if (!(await taken(deploy(app.target, [await service(before, name)])))) return;
      if (earlier) await taken(edit(path, earlier, 'kubectl-edit'));
      const plan = await taken(app.target.plan([await service(after, name)]));
      if (!plan || change(plan, id).action !== 'update') return;
      const planned = await live();
      await taken(edit(path, between, hand));
      const edited = await live();
      if (fieldChanges(planned, edited).length === 0) return;
      count.edits++;
      const done = await app.target.apply(change(plan, id), AbortSignal.timeout(20_000)).then(
        () => true,
        (error: unknown) => {
          expect(error).toBeInstanceOf(ExpectedError);
          return false;
        },
      );
      count[done ? 'written' : 'refused']++;
      expect(unreviewed(change(plan, id), edited, await live())).toEqual([]);
      if (!done) expect(withoutStatus(await live())).toEqual(withoutStatus(edited));
    });
    await fc.assert(property, { seed, numRuns: wanted * 8, endOnFailure: true });
    figure(
      'K11',
      `${count.edits} random edits between plan and apply: ${count.written} written as planned, ${count.refused} refused, 0 fields written that the plan does not show`,
    );
    expect(count.edits).toBe(wanted);
    expect(count.written).toBeGreaterThan(0);
    expect(count.refused).toBeGreaterThan(0);
  }, 1_200_000);
});

/** Paths that differ and are not in the plan as they are here. Controllers count revisions. */
function unreviewed({ fields }: Change, before: KubernetesObject, after: KubernetesObject): string[] {
  const text = ({ path, before: from, after: to }: (typeof fields)[number]) =>
    JSON.stringify([path, from, to]);
  const seen = new Set(fields.map(text));
  return fieldChanges(before, after)
    .filter((field) => !seen.has(text(field)) && !field.path.includes('deployment.kubernetes.io/revision'))
    .map(text);
}

function withoutStatus({ metadata, status: _, ...content }: KubernetesObject): object {
  const { resourceVersion: __, managedFields: ___, annotations: ____, ...rest } = metadata;
  return { ...content, metadata: rest };
}
