import { createHash } from 'node:crypto';
import { posix, resolve } from 'node:path';
import { labels } from '../../core/labels.ts';
import type { ContainerOptions } from '../../system/docker-engine.ts';
import type { Ports, Service } from '../../workspace/model.ts';
import type { DesiredService, Scope } from '../target.ts';
import { networkName } from './names.ts';

/** Everything a service's container is made from, but for the values of secrets: it is part of the plan, which people may save. */
export interface ContainerSpec {
  service: string;
  network: string;
  /** A reference that the engine has, or `<repo>@sha256:…`. */
  image: string;
  ports: Ports;
  env: Readonly<Record<string, string>>;
  /** Names of variables whose values are in the files. */
  secrets: readonly string[];
  /** Absolute paths of `.env` files; the first that has a variable wins. */
  secretFiles: readonly string[];
}

export type SecretValues = Readonly<Record<string, string>>;

/** Raise it when equal specs shall make other containers. */
const scheme = 1;
/** Seconds: services may take 30 to finish their requests. */
export const stopTimeout = 40;

/** `callees` are the HTTP ports of the services that it calls. */
export function specOf(
  desired: DesiredService,
  callees: Readonly<Record<string, number>>,
  scope: Scope,
): ContainerSpec {
  const { service, artifact } = desired;
  if (artifact.kind !== 'image') throw new Error(`${service.name} was not built as an image`);
  const env: Record<string, string> = {};
  const secrets: string[] = [];
  for (const callee of service.calls) env[urlVariable(callee)] = `http://${callee}:${callees[callee]}`;
  for (const [name, value] of Object.entries(desired.env)) {
    if (typeof value === 'string') env[name] = value;
    else {
      delete env[name];
      secrets.push(name);
    }
  }
  env.HTTP_PORT = String(service.ports.http);
  env.ADMIN_PORT = String(service.ports.admin);
  return {
    service: service.name,
    network: networkName(scope),
    image: artifact.reference,
    ports: { http: service.ports.http, admin: service.ports.admin },
    env,
    secrets: secrets.sort(),
    secretFiles: secretFiles(service),
  };
}

/** Equal digests, nothing to do. */
export function specDigest({ network, image, ports, env }: ContainerSpec, secrets: SecretValues): string {
  const content = [scheme, network, image, ports.http, ports.admin, sorted(env), sorted(secrets)];
  return createHash('sha256').update(JSON.stringify(content)).digest('hex');
}

/** What the engine is asked for: no rights it can do without, and published on this machine only, at ports of the engine's choice. */
export function containerOptions(spec: ContainerSpec, secrets: SecretValues, scope: Scope): ContainerOptions {
  const { service, network, ports } = spec;
  const published = [...new Set([ports.http, ports.admin])].map((port) => `${port}/tcp`);
  return {
    Image: spec.image,
    Env: sorted({ ...spec.env, ...secrets }).map(([name, value]) => `${name}=${value}`),
    Labels: {
      [labels.app]: scope.app,
      [labels.environment]: scope.environment,
      [labels.service]: service,
      [labels.spec]: specDigest(spec, secrets),
      [labels.adminPort]: String(ports.admin),
    },
    ExposedPorts: Object.fromEntries(published.map((port) => [port, {}])),
    StopTimeout: stopTimeout,
    HostConfig: {
      NetworkMode: network,
      PortBindings: Object.fromEntries(
        published.map((port) => [port, [{ HostIp: '127.0.0.1', HostPort: '' }]]),
      ),
      ReadonlyRootfs: true,
      Tmpfs: { '/tmp': 'rw,noexec,nosuid,nodev,size=64m' },
      CapDrop: ['ALL'],
      SecurityOpt: ['no-new-privileges:true'],
      RestartPolicy: { Name: 'unless-stopped' },
      LogConfig: { Type: 'json-file', Config: { 'max-size': '10m', 'max-file': '3' } },
    },
  };
}

function urlVariable(service: string): string {
  return `${service.toUpperCase().replaceAll('-', '_')}_URL`;
}

/** The service's own, then the workspace's. */
function secretFiles({ folder, path }: Service): string[] {
  return [...new Set([resolve(folder, '.env'), resolve(folder, posix.relative(path, '.'), '.env')])];
}

function sorted(record: Readonly<Record<string, string>>): [string, string][] {
  return Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1));
}
