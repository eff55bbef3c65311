import { labels } from '../../core/labels.ts';
import type { ContainerInspect } from '../../system/docker-engine.ts';

/** The ports of the engine's machine, on 127.0.0.1, that a running container is published at. */
export function publishedPorts(container: ContainerInspect): { http?: number; admin?: number } {
  const admin = container.Config.Labels[labels.adminPort];
  const http = container.Config.Env.find((entry) => entry.startsWith('HTTP_PORT='))?.slice(
    'HTTP_PORT='.length,
  );
  return { http: hostPort(container, http), admin: hostPort(container, admin) };
}

/** E.g. `http://127.0.0.1:49155  admin :49156`; undefined while nothing is published. */
export function addressOf(container: ContainerInspect): string | undefined {
  const { http, admin } = publishedPorts(container);
  return http === undefined
    ? undefined
    : `http://127.0.0.1:${http}${admin === undefined ? '' : `  admin :${admin}`}`;
}

function hostPort({ NetworkSettings }: ContainerInspect, port: string | undefined): number | undefined {
  const bindings = NetworkSettings.Ports[`${port}/tcp`] as
    | { HostIp: string; HostPort: string }[]
    | null
    | undefined;
  const found = Number(bindings?.[0]?.HostPort);
  return Number.isInteger(found) && found > 0 ? found : undefined;
}

/** Whether 127.0.0.1 of the engine's machine is that of this one. */
export function reachableFromHere(address: string): boolean {
  return (
    /^(unix|npipe):/.test(address) || ['127.0.0.1', 'localhost', '[::1]'].includes(new URL(address).hostname)
  );
}
