import type { KubernetesObject } from '../../../../src/core/kubernetes-object.ts';
import { createApiClient } from '../../../../src/targets/kubernetes/api/api-client.ts';
import { readAccess } from '../../../../src/targets/kubernetes/api/kubeconfig.ts';
import { listAll } from '../../../../src/targets/kubernetes/api/lists.ts';
import { ownFields } from '../../../../src/targets/kubernetes/cluster.ts';
import { lab } from '../../../support/lab.ts';

/** What an app left in its namespace and, by this name, in the cluster. */
export interface Snapshot {
  /** Without what differs from one time to the next. */
  own: Record<string, unknown>;
  /** `Kind/foreign…`: uid and version. */
  foreign: Record<string, string>;
  /** Leases: one that a killed run left is taken over and removed by the next run that writes. */
  locks: string[];
  /** `Kind/name uid` of what the app's record lacks, or has too much. */
  unrecorded: string[];
}

export interface Watcher {
  take(): Promise<Snapshot>;
  close(): void;
}

/** The deploy's own records: they tell of runs, and runs differ. */
const isRecord = ({ metadata }: KubernetesObject) => /^cloudnative[-.]/.test(metadata.name);
const isRecordName = (name: string) => /^cloudnative\./.test(name);

const kinds = [
  'v1/configmaps/ConfigMap',
  'v1/secrets/Secret',
  'v1/services/Service',
  'v1/serviceaccounts/ServiceAccount',
  'v1/limitranges/LimitRange',
  'v1/resourcequotas/ResourceQuota',
  'apps/v1/deployments/Deployment',
  'apps/v1/statefulsets/StatefulSet',
  'apps/v1/daemonsets/DaemonSet',
  'batch/v1/cronjobs/CronJob',
  'batch/v1/jobs/Job',
  'policy/v1/poddisruptionbudgets/PodDisruptionBudget',
  'networking.k8s.io/v1/networkpolicies/NetworkPolicy',
  'rbac.authorization.k8s.io/v1/roles/Role',
  'rbac.authorization.k8s.io/v1/rolebindings/RoleBinding',
  'rbac.authorization.k8s.io/v1/clusterroles/ClusterRole',
  'coordination.k8s.io/v1/leases/Lease',
];

export function watcher(namespace: string): Watcher {
  const api = createApiClient({
    context: lab.context!,
    access: () => readAccess(lab.context!, lab.kubeconfig),
  });
  return {
    async take() {
      const lists = await Promise.all(
        kinds.map((line) => {
          const [kind, name, ...version] = line.split('/').reverse() as [string, string, ...string[]];
          const apiVersion = version.reverse().join('/');
          const root = apiVersion === 'v1' ? '/api/v1' : `/apis/${apiVersion}`;
          const place = kind === 'ClusterRole' ? '' : `/namespaces/${namespace}`;
          const fieldSelector = kind === 'ClusterRole' ? `metadata.name=${namespace}` : undefined;
          return listAll(api, `${root}${place}/${name}`, { apiVersion, kind }, { fieldSelector });
        }),
      );
      const all = lists.flat().filter((object) => !isRecord(object) && !isGiven(object));
      const locks = lists.flat().filter(({ kind }) => kind === 'Lease');
      const id = ({ kind, metadata }: KubernetesObject) => `${kind}/${metadata.name}`;
      const isForeign = ({ metadata }: KubernetesObject) => metadata.name.startsWith('foreign');
      const own = all.filter((one) => !isForeign(one));
      return {
        unrecorded: unrecorded(lists.flat(), own),
        locks: locks.map(({ metadata }) => metadata.name),
        own: Object.fromEntries(own.map((one) => [id(one), lasting(one)])),
        foreign: Object.fromEntries(
          all
            .filter(isForeign)
            .map((one) => [id(one), `${one.metadata.uid} ${one.metadata.resourceVersion}`]),
        ),
      };
    },
    close: () => api.close(),
  };
}

/** Every namespace has them. */
function isGiven({ metadata }: KubernetesObject): boolean {
  return metadata.name === 'kube-root-ca.crt' || metadata.name === 'default';
}

function unrecorded(all: readonly KubernetesObject[], own: readonly KubernetesObject[]): string[] {
  const record = all.find(({ kind, metadata }) => kind === 'ConfigMap' && isRecordName(metadata.name));
  const lines = (record?.data as { members: string } | undefined)?.members.split('\n') ?? [];
  const members = lines.map((line) => JSON.parse(line) as { kind: string; name: string; uid?: string });
  const recorded = members.map(({ kind, name, uid }) => `${kind}/${name} ${uid}`);
  const there = own.map(({ kind, metadata }) => `${kind}/${metadata.name} ${metadata.uid}`);
  return [
    ...there.filter((line) => !recorded.includes(line)).map((line) => `${line} (not on record)`),
    ...recorded.filter((line) => !there.includes(line)).map((line) => `${line} (on record, not there)`),
  ];
}

function lasting(object: KubernetesObject): unknown {
  const { apiVersion, kind, metadata, status: _, ...content } = structuredClone(object);
  const spec = content.spec as Record<string, unknown> | undefined;
  for (const field of ['clusterIP', 'clusterIPs']) delete spec?.[field];
  const annotations = { ...metadata.annotations };
  for (const counted of ['deployment.kubernetes.io/revision', 'deprecated.daemonset.template.generation'])
    delete annotations[counted];
  return {
    apiVersion,
    kind,
    labels: metadata.labels,
    annotations,
    ending: metadata.deletionTimestamp !== undefined,
    fields: ownFields(object),
    ...content,
  };
}
