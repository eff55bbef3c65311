import { meetsSelector, selectorText } from '../../core/label-selector.ts';
import type { PodSelection } from '../pod-selection.ts';
import { type DiscoveredTarget, hostPort, sanitized, type TargetGroup } from './target-group.ts';

/** As much of a pod as the discovery of Prometheus looks at. */
export interface DiscoverablePod {
  metadata: {
    name: string;
    namespace?: string;
    uid?: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
    ownerReferences?: readonly { kind?: string; name?: string; controller?: boolean }[];
  };
  spec?: { nodeName?: string; containers?: readonly Container[]; initContainers?: readonly Container[] };
  status?: {
    phase?: string;
    podIP?: string;
    hostIP?: string;
    conditions?: readonly { type: string; status: string }[];
    containerStatuses?: readonly ContainerStatus[];
    initContainerStatuses?: readonly ContainerStatus[];
  };
}

interface Container {
  name: string;
  image?: string;
  ports?: readonly { name?: string; containerPort: number; protocol?: string }[];
}

interface ContainerStatus {
  name: string;
  containerID?: string;
}

/** Pods as `role: pod` discovers them with that selection: one target for each port of each container, and for each container without. */
export function discoverPods(pods: readonly DiscoverablePod[], selection: PodSelection): TargetGroup[] {
  const missed = `is not among the pods with ${selectorText(selection)}`;
  return pods
    .filter(({ metadata }) => metadata.namespace === selection.namespace)
    .map((pod) => {
      const { name, labels: own = {} } = pod.metadata;
      const service = own['app.kubernetes.io/name'];
      const nothing = { name, service, labels: {}, targets: [] };
      if (!meetsSelector(own, selection)) return { ...nothing, unseen: missed, stranger: true };
      if (!pod.status?.podIP) return { ...nothing, unseen: 'has no address (yet)' };
      return { name, service, labels: podLabels(pod), targets: podTargets(pod) };
    });
}

function podLabels({ metadata, spec, status = {} }: DiscoverablePod): Record<string, string> {
  const controller = metadata.ownerReferences?.find((one) => one.controller);
  const ready = status.conditions?.find(({ type }) => type === 'Ready')?.status ?? 'Unknown';
  return {
    __meta_kubernetes_namespace: metadata.namespace ?? '',
    __meta_kubernetes_pod_name: metadata.name,
    __meta_kubernetes_pod_uid: metadata.uid ?? '',
    __meta_kubernetes_pod_ip: status.podIP ?? '',
    __meta_kubernetes_pod_host_ip: status.hostIP ?? '',
    __meta_kubernetes_pod_node_name: spec?.nodeName ?? '',
    __meta_kubernetes_pod_phase: status.phase ?? '',
    __meta_kubernetes_pod_ready: ready.toLowerCase(),
    __meta_kubernetes_pod_controller_kind: controller?.kind ?? '',
    __meta_kubernetes_pod_controller_name: controller?.name ?? '',
    ...named('label', metadata.labels),
    ...named('annotation', metadata.annotations),
  };
}

function named(kind: string, values: Record<string, string> = {}): Record<string, string> {
  const all: Record<string, string> = {};
  for (const [name, value] of Object.entries(values)) {
    all[`__meta_kubernetes_pod_${kind}_${sanitized(name)}`] = value;
    all[`__meta_kubernetes_pod_${kind}present_${sanitized(name)}`] = 'true';
  }
  return all;
}

function podTargets({ spec = {}, status = {} }: DiscoverablePod): DiscoveredTarget[] {
  const of = (init: boolean) => {
    const containers = (init ? spec.initContainers : spec.containers) ?? [];
    const statuses = (init ? status.initContainerStatuses : status.containerStatuses) ?? [];
    return containers.flatMap((container) => containerTargets(container, statuses, init, status.podIP!));
  };
  return [...of(false), ...of(true)];
}

function containerTargets(
  { name, image = '', ports = [] }: Container,
  statuses: readonly ContainerStatus[],
  init: boolean,
  ip: string,
): DiscoveredTarget[] {
  const prefix = '__meta_kubernetes_pod_container_';
  const what = `${init ? 'init container' : 'container'} ${name}`;
  const common = {
    [`${prefix}name`]: name,
    [`${prefix}id`]: statuses.find((one) => one.name === name)?.containerID ?? '',
    [`${prefix}image`]: image,
    [`${prefix}init`]: String(init),
  };
  if (ports.length === 0)
    return [{ origin: `${what}, no port`, container: name, labels: { __address__: ip, ...common } }];
  return ports.map((port) => ({
    origin: `${what}, port ${port.name ? `${port.name} ` : ''}${port.containerPort}`,
    container: name,
    labels: {
      __address__: hostPort(ip, port.containerPort),
      ...common,
      [`${prefix}port_name`]: port.name ?? '',
      [`${prefix}port_number`]: String(port.containerPort),
      [`${prefix}port_protocol`]: port.protocol ?? '',
    },
  }));
}
