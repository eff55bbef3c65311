import { labels } from '../../core/labels.ts';
import { type DiscoveredTarget, hostPort, sanitized, type TargetGroup } from './target-group.ts';

/** As much of a container as an engine's list has of it. */
export interface DiscoverableContainer {
  Id: string;
  Names?: readonly string[];
  Image?: string;
  ImageID?: string;
  Labels?: Record<string, string>;
  Ports?: readonly { IP?: string; PrivatePort: number; PublicPort?: number; Type: string }[];
  HostConfig?: { NetworkMode?: string };
  NetworkSettings?: { Networks?: Record<string, Endpoint | null> | null } | null;
  /** One word: `running`, `exited` and so on. */
  State?: string;
}

interface Endpoint {
  NetworkID?: string;
  IPAddress?: string;
  GlobalIPv6Address?: string;
}

export interface DiscoverableNetwork {
  Id: string;
  Name: string;
  Scope?: string;
  Internal?: boolean;
  Ingress?: boolean;
  Labels?: Record<string, string> | null;
}

export interface EngineHoldings {
  /** Those that run or do not, of everybody. */
  containers: readonly DiscoverableContainer[];
  networks: readonly DiscoverableNetwork[];
}

const prefix = '__meta_docker_';
/** What `docker_sd_configs` has where nothing else is said. */
const defaults = { port: 80, hostOfHostNetwork: 'localhost' };

/** Containers as `docker_sd_configs` discovers those with the given labels: one target for each TCP port in each network. */
export function discoverContainers(
  { containers, networks }: EngineHoldings,
  wanted: Readonly<Record<string, string>>,
): TargetGroup[] {
  const selected = containers.filter(({ Labels = {} }) => has(Labels, wanted));
  const running = selected.filter(({ State }) => State !== undefined && seenStates.has(State));
  const networkLabels = new Map(networks.map((network) => [network.Id, labelsOfNetwork(network)]));
  const asked = Object.entries(wanted).map(([key, value]) => `${key}=${value}`);
  const missed = `is not among the containers with ${asked.join(',')}`;
  return containers.map((container) => {
    const name = container.Names?.[0]?.replace(/^\//, '') ?? container.Id.slice(0, 12);
    const service = container.Labels?.[labels.service];
    const nothing = { name, service, labels: {}, targets: [] };
    if (!selected.includes(container)) return { ...nothing, unseen: missed, stranger: true };
    if (!running.includes(container)) return { ...nothing, unseen: `does not run: it is ${container.State}` };
    const targets = Object.entries(networksOf(container, running)).flatMap(([network, endpoint]) =>
      endpoint ? targetsIn(network, endpoint, container, networkLabels) : [],
    );
    return { name, service, labels: labelsOf(container), targets };
  });
}

/** What the engine lists when it is not asked for all. */
const seenStates = new Set(['running', 'paused', 'restarting']);

function has(labels: Readonly<Record<string, string>>, wanted: Readonly<Record<string, string>>): boolean {
  return Object.entries(wanted).every(([key, value]) => labels[key] === value);
}

function labelsOf(container: DiscoverableContainer): Record<string, string> {
  return {
    [`${prefix}container_id`]: container.Id,
    [`${prefix}container_name`]: container.Names?.[0] ?? '',
    [`${prefix}container_network_mode`]: container.HostConfig?.NetworkMode ?? '',
    [`${prefix}container_image`]: container.Image ?? '',
    [`${prefix}container_image_id`]: container.ImageID ?? '',
    ...prefixed(`${prefix}container_label_`, container.Labels),
  };
}

function labelsOfNetwork({ Id, Name, Scope = '', Internal, Ingress, Labels }: DiscoverableNetwork) {
  return {
    [`${prefix}network_id`]: Id,
    [`${prefix}network_name`]: Name,
    [`${prefix}network_scope`]: Scope,
    [`${prefix}network_internal`]: String(Internal ?? false),
    [`${prefix}network_ingress`]: String(Ingress ?? false),
    ...prefixed(`${prefix}network_label_`, Labels ?? {}),
  };
}

function prefixed(start: string, labels: Record<string, string> = {}): Record<string, string> {
  return Object.fromEntries(
    Object.entries(labels).map(([name, value]) => [`${start}${sanitized(name)}`, value]),
  );
}

/** A container that shares the network of another has the addresses of that one. */
function networksOf(
  container: DiscoverableContainer,
  all: readonly DiscoverableContainer[],
): Record<string, Endpoint | null> {
  const seen = new Set<DiscoverableContainer>();
  for (let one: DiscoverableContainer | undefined = container; one && !seen.has(one); ) {
    seen.add(one);
    const networks = one.NetworkSettings?.Networks ?? {};
    if (Object.keys(networks).length > 0) return networks;
    const shared: string | undefined = /^container:(.+)$/.exec(one.HostConfig?.NetworkMode ?? '')?.[1];
    one = all.find(({ Id }) => Id === shared);
  }
  return {};
}

function targetsIn(
  network: string,
  { NetworkID = '', IPAddress, GlobalIPv6Address }: Endpoint,
  { Ports = [], HostConfig }: DiscoverableContainer,
  networks: ReadonlyMap<string, Readonly<Record<string, string>>>,
): DiscoveredTarget[] {
  const ip = IPAddress || GlobalIPv6Address || '';
  const common = { [`${prefix}network_ip`]: ip, ...networks.get(NetworkID) };
  const ports = Ports.filter(({ Type }) => Type === 'tcp');
  if (ports.length === 0) {
    const onHost = HostConfig?.NetworkMode === 'host';
    const __address__ = onHost ? defaults.hostOfHostNetwork : hostPort(ip, defaults.port);
    return [{ origin: `network ${network}, no port`, labels: { ...common, __address__ } }];
  }
  return ports.map(({ IP = '', PrivatePort, PublicPort }) => ({
    origin: `network ${network}, port ${PrivatePort}${PublicPort ? ` (published as ${PublicPort})` : ''}`,
    labels: {
      ...common,
      [`${prefix}port_private`]: String(PrivatePort),
      ...(PublicPort
        ? { [`${prefix}port_public`]: String(PublicPort), [`${prefix}port_public_ip`]: IP }
        : {}),
      __address__: hostPort(ip, PrivatePort),
    },
  }));
}
