import type { Verdict } from '../../../core/readiness.ts';
import type { ContainerStatus, Pod } from '../../../status/pod.ts';
import { podProgress } from '../../../status/pod-readiness.ts';
import { podTrouble } from '../../../status/pod-trouble.ts';
import { readiness } from '../../../status/readiness.ts';
import type { ServiceStatus } from '../../target.ts';
import { isForbidden } from '../api/api-error.ts';
import type { Cluster } from '../cluster.ts';
import { withOwnRefusal } from '../rollout/own-refusal.ts';
import { handEdits } from './hand-edits.ts';
import { type OwnWorkload, ownWorkloads } from './own-workloads.ts';

export async function appStatus(cluster: Cluster): Promise<ServiceStatus[]> {
  const byService = new Map<string, OwnWorkload[]>();
  for (const workload of await ownWorkloads(undefined, cluster)) {
    const object = await withOwnRefusal(workload.object, cluster).catch((error: unknown) => {
      if (isForbidden(error)) return workload.object;
      throw error;
    });
    byService.set(workload.service, [...(byService.get(workload.service) ?? []), { ...workload, object }]);
  }
  return [...byService]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([service, workloads]) => serviceStatus(service, workloads));
}

function serviceStatus(service: string, workloads: readonly OwnWorkload[]): ServiceStatus {
  // A Job that has ended wants no pods; it counts by its verdict.
  const lasting = workloads.filter(({ object }) => object.kind !== 'Job');
  const pods = lasting
    .flatMap((workload) => workload.pods)
    .filter(({ metadata }) => !metadata.deletionTimestamp);
  const wanted = lasting.reduce((sum, workload) => sum + wantedPods(workload), 0);
  const unready = pods.filter((pod) => !isReady(pod));
  const containers = pods.flatMap(({ status }) => status?.containerStatuses ?? []);
  const starts = pods.filter(isReady).flatMap(({ status }) => status?.startTime ?? []);
  return {
    service,
    verdict: worst(workloads.map(verdictOf)),
    ready: pods.length - unready.length,
    wanted,
    restarts: containers.reduce((sum, { restartCount }) => sum + restartCount, 0),
    image: imageOf(service, pods) ?? specImage(service, workloads),
    since: starts.sort()[0],
    notes: unready
      .map((pod) => `Pod/${pod.metadata.name}: ${podTrouble(pod)?.text ?? podProgress(pod)}`)
      .sort(),
    edits: workloads.flatMap(({ object }) => handEdits(object)),
  };
}

function verdictOf({ object, pods }: OwnWorkload): Verdict {
  const verdict = readiness(object);
  if (verdict.readiness !== 'progressing') return verdict;
  const stuck = pods.map(podTrouble).find((trouble) => trouble && !trouble.passing);
  return stuck ? { readiness: 'failed', reason: stuck.text } : verdict;
}

function worst(verdicts: readonly Verdict[]): Verdict {
  const rank = { failed: 0, progressing: 1, ready: 2 };
  return [...verdicts].sort((a, b) => rank[a.readiness] - rank[b.readiness])[0]!;
}

function wantedPods({ object }: OwnWorkload): number {
  const { replicas = 1 } = (object.spec ?? {}) as { replicas?: number };
  const { desiredNumberScheduled = 0 } = (object.status ?? {}) as { desiredNumberScheduled?: number };
  return object.kind === 'DaemonSet' ? desiredNumberScheduled : replicas;
}

function isReady({ status }: Pod): boolean {
  return status?.conditions?.some(({ type, status: value }) => type === 'Ready' && value === 'True') ?? false;
}

/** What the newest pod's own container runs, by digest. */
function imageOf(service: string, pods: readonly Pod[]): string | undefined {
  const newest = [...pods].sort((a, b) =>
    (a.status?.startTime ?? '') < (b.status?.startTime ?? '') ? 1 : -1,
  );
  const all = newest.flatMap(({ status }) => status?.containerStatuses ?? []);
  const own = (one: ContainerStatus) => one.name === service;
  return (all.find((one) => own(one) && one.imageID) ?? all.find(({ imageID }) => imageID))?.imageID?.replace(
    /^.*:\/\//,
    '',
  );
}

function specImage(service: string, workloads: readonly OwnWorkload[]): string {
  for (const { object } of workloads) {
    const spec = object.spec as {
      template?: { spec?: Pod['spec'] };
      containers?: { name: string; image?: string }[];
    };
    const containers = spec.template?.spec?.containers ?? spec.containers ?? [];
    const image = (containers.find(({ name }) => name === service) ?? containers[0])?.image;
    if (image) return image;
  }
  return '';
}
