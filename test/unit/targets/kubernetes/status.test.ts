import { expect, test } from 'vitest';
import type { KubernetesObject } from '../../../../src/core/kubernetes-object.ts';
import { labels } from '../../../../src/core/labels.ts';
import { ApiError, accessRefusal } from '../../../../src/targets/kubernetes/api/api-error.ts';
import type { Cluster } from '../../../../src/targets/kubernetes/cluster.ts';
import { kubectlCommand } from '../../../../src/targets/kubernetes/kubectl-command.ts';
import { appStatus } from '../../../../src/targets/kubernetes/observe/status.ts';

const refusal = { type: 'ReplicaFailure', status: 'True', message: 'pods "web-old-x" is forbidden' };
const revision = (number: number) => ({ 'deployment.kubernetes.io/revision': String(number) });
const web: KubernetesObject = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: {
    name: 'web',
    uid: 'd',
    generation: 2,
    labels: { [labels.service]: 'web' },
    annotations: revision(2),
  },
  spec: { replicas: 3, selector: { matchLabels: { app: 'web' } } },
  status: { observedGeneration: 2, replicas: 1, updatedReplicas: 1, conditions: [refusal] },
};
const set = (name: string, number: number, conditions: object[]): KubernetesObject => ({
  apiVersion: 'apps/v1',
  kind: 'ReplicaSet',
  metadata: {
    name,
    uid: name,
    labels: { app: 'web' },
    annotations: revision(number),
    ownerReferences: [{ uid: 'd' }],
  },
  status: { conditions },
});

/** The verdict on a Deployment with an older set whose pods are refused; `answer` says what is known of its sets. */
async function verdictWith(answer: () => KubernetesObject[]) {
  const request = async ({ path }: { path: string }) => {
    const kind = path.split('/').at(-1)!;
    if (path.includes('/replicasets/'))
      return { value: answer().find(({ metadata }) => metadata.name === kind) };
    const items = kind === 'deployments' ? [web] : kind === 'replicasets' ? answer() : [];
    return { value: { items, metadata: {} }, headers: {} };
  };
  const scope = { app: 'shop', environment: 'staging' };
  const [status] = await appStatus({ namespace: 'shop', scope, api: { request } } as unknown as Cluster);
  return status!.verdict;
}

test('what is refused to an older version is no failure of the present one', async () => {
  const old = set('web-old', 1, [refusal]);
  expect(await verdictWith(() => [old, set('web-new', 2, [])])).toEqual({
    readiness: 'progressing',
    reason: '0 of 3 pods new and ready',
  });
  expect(await verdictWith(() => [old, set('web-new', 2, [{ ...refusal, message: 'new' }])])).toEqual({
    readiness: 'failed',
    reason: 'new',
  });
});

test('who may not look at its sets is told what the workload itself says', async () => {
  const message =
    'replicasets is forbidden: User "eve" cannot list resource "replicasets" in API group "apps"';
  const forbidden = accessRefusal(
    new ApiError(403, JSON.stringify({ message })),
    'lab',
    kubectlCommand('lab'),
  )!;
  const verdict = await verdictWith(() => {
    throw forbidden;
  });
  expect(verdict).toEqual({ readiness: 'failed', reason: refusal.message });
});
