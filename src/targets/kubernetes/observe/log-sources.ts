import type { ContainerStatus, Pod } from '../../../status/pod.ts';
import { podsPath } from '../rollout/pods-of.ts';
import type { OwnWorkload } from './own-workloads.ts';

/** A container of a pod, and those of its instances that the node can still tell of: a restart makes another one. */
export interface LogSource {
  service: string;
  /** The pod; with the container's name unless it is the service's own. */
  instance: string;
  key: string;
  path: string;
  container: string;
  /** Oldest first. */
  runs: readonly ContainerRun[];
}

export interface ContainerRun {
  id: string;
  ended: boolean;
  /** The one before the present one, which the node gives by another name. */
  previous: boolean;
}

/** Every container of the workloads that has started, in an order that stays. */
export function logSources(workloads: readonly OwnWorkload[], namespace: string): LogSource[] {
  const sources = workloads.flatMap(({ service, pods }) =>
    pods.flatMap((pod) => sourcesIn(pod, service, namespace)),
  );
  const unique = new Map(sources.map((source) => [source.key, source]));
  return [...unique.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
}

function sourcesIn({ metadata, status = {} }: Pod, service: string, namespace: string): LogSource[] {
  const all = status.containerStatuses ?? [];
  const main = all.find(({ name }) => name === service) ?? all[0];
  return all
    .map((one) => ({
      service,
      instance: one === main ? metadata.name : `${metadata.name}/${one.name}`,
      key: `${metadata.name} ${String(metadata.uid)} ${one.name}`,
      path: `${podsPath(namespace)}/${encodeURIComponent(metadata.name)}/log`,
      container: one.name,
      runs: runsOf(one),
    }))
    .filter(({ runs }) => runs.length > 0);
}

export function runsOf({ containerID, state, lastState }: ContainerStatus): ContainerRun[] {
  const earlier = lastState?.terminated?.containerID;
  const present = state?.terminated?.containerID ?? containerID;
  const runs: ContainerRun[] = [];
  if (earlier) runs.push({ id: earlier, ended: true, previous: true });
  if (present && present !== earlier && (state?.running || state?.terminated))
    runs.push({ id: present, ended: Boolean(state.terminated), previous: false });
  return runs;
}
