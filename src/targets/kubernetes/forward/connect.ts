import { notReady } from '../../../core/not-ready.ts';
import { conditionOf } from '../../../status/conditions.ts';
import type { Pod } from '../../../status/pod.ts';
import { podReadiness } from '../../../status/pod-readiness.ts';
import type { Ports } from '../../../workspace/model.ts';
import type { Connection } from '../../target.ts';
import { ApiError } from '../api/api-error.ts';
import { type Cluster, getObject } from '../cluster.ts';
import { ownWorkloads } from '../observe/own-workloads.ts';
import { noWorkloads } from '../observe/quiet-services.ts';
import { podsPath } from '../rollout/pods-of.ts';
import { containerPort } from './container-port.ts';
import { channelProtocol, podStream } from './pod-stream.ts';

/** Connects to a pod of a service: to the one of last time for as long as it serves, else to the youngest that does. */
export function createPodConnector(cluster: Cluster) {
  const last = new Map<string, string>();
  return async (service: string, port: keyof Ports, signal: AbortSignal): Promise<Connection> => {
    const known = last.get(service);
    const path = known && `${podsPath(cluster.namespace)}/${encodeURIComponent(known)}`;
    const same = path ? ((await getObject(cluster, path, signal)) as Pod | undefined) : undefined;
    const pods = same && serves(same, port) ? [same] : await servingPods(service, port, cluster, signal);
    let refusal = '';
    for (const pod of pods) {
      const { name } = pod.metadata;
      try {
        const upgraded = await cluster.api.upgrade(
          {
            path: `${podsPath(cluster.namespace)}/${encodeURIComponent(name)}/portforward`,
            query: { ports: String(containerPort(pod, service, port)) },
            signal,
          },
          channelProtocol,
        );
        last.set(service, name);
        return { instance: `Pod/${name}`, stream: podStream(upgraded) };
      } catch (error) {
        // It has just gone, or its node does not answer.
        if (!(error instanceof ApiError)) throw error;
        last.delete(service);
        refusal = `Pod/${name}: ${error.message}`;
      }
    }
    throw notReady(service, refusal, cluster.scope);
  };
}

/** Youngest first. Throws E_NOT_DEPLOYED, E_NO_WORKLOADS, and E_NOT_READY with what the pods wait for. */
async function servingPods(
  service: string,
  port: keyof Ports,
  cluster: Cluster,
  signal: AbortSignal,
): Promise<Pod[]> {
  const workloads = await ownWorkloads([service], cluster, signal);
  if (workloads.length === 0)
    throw await noWorkloads([service], 'nothing that a port could lead to', cluster);
  const pods = workloads.filter(({ object }) => object.kind !== 'Job').flatMap((workload) => workload.pods);
  const unique = [...new Map(pods.map((pod) => [pod.metadata.name, pod])).values()];
  const serving = unique.filter((pod) => serves(pod, port));
  if (serving.length > 0) return serving.sort((a, b) => (started(a) < started(b) ? 1 : -1));
  const reasons = unique.map((pod) => `Pod/${pod.metadata.name}: ${podReadiness(pod).reason}`).sort();
  throw notReady(service, reasons[0] ?? 'it has no pods', cluster.scope);
}

/** An admin port tells why a pod is not ready, so it need not be. */
function serves(pod: Pod, port: keyof Ports): boolean {
  if (pod.metadata.deletionTimestamp) return false;
  if (port === 'admin') return pod.status?.containerStatuses?.some(({ state }) => state?.running) ?? false;
  return conditionOf(pod, 'Ready')?.status === 'True';
}

function started({ status }: Pod): string {
  return status?.startTime ?? '';
}
