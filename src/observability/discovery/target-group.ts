/** What a discovery of Prometheus makes of one thing: the labels of it, and a target for each way to reach it. */
export interface TargetGroup {
  /** Of the pod, container or process. */
  name: string;
  /** Of the service that it says it is of, when it does. */
  service?: string;
  labels: Readonly<Record<string, string>>;
  targets: readonly DiscoveredTarget[];
  /** Why Prometheus does not discover it, in words; it has no targets then. */
  unseen?: string;
  /** Undiscovered since it is of somebody else, which is told in short. */
  stranger?: true;
}

export interface DiscoveredTarget {
  /** What of the thing it is, e.g. `container orders, port http 8080`. */
  origin: string;
  container?: string;
  /** On top of the labels of the group. */
  labels: Readonly<Record<string, string>>;
}

/** As Prometheus writes the name of a label or annotation into the name of one of its own. */
export function sanitized(name: string): string {
  let known = sanitizedNames.get(name);
  if (known === undefined) {
    known = name.replace(/[^a-zA-Z0-9_]/gu, '_');
    sanitizedNames.set(name, known);
  }
  return known;
}

const sanitizedNames = new Map<string, string>();

/** An address with its port, IPv6 in brackets. */
export function hostPort(host: string, port: number | string): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
