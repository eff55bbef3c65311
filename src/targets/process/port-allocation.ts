import { ExpectedError } from '../../core/errors.ts';
import type { PortHolder } from '../../system/ports.ts';
import type { Ports } from '../../workspace/model.ts';
import { portPairs } from './port-choice.ts';

type Role = keyof Ports;
const roles: readonly Role[] = ['http', 'admin'];

export interface PortRequest {
  service: string;
  pinned: Partial<Ports>;
}

export interface PortFacts {
  /** What clones of an app differ in. */
  folder: string;
  environment: string;
  /** From earlier deploys, by service. */
  remembered: Readonly<Record<string, Ports>>;
  /** Free, or in use by this very service. */
  isUsable: (service: string, port: number) => Promise<boolean>;
  holder: (port: number) => PortHolder | undefined;
}

export interface PortAllocation {
  ports: Readonly<Record<string, Ports>>;
  /** Why a service could not keep the ports it had, by service. */
  moved: Readonly<Record<string, string>>;
}

/** Ports for each service: pinned ones, else those it had, else new ones. Throws E_PORT_TAKEN (4) for a pinned one that is in use. */
export async function allocatePorts(
  requests: readonly PortRequest[],
  facts: PortFacts,
): Promise<PortAllocation> {
  const { remembered, isUsable, holder } = facts;
  const owners = new Map<number, string>();
  const chosen: Record<string, Partial<Ports>> = {};
  const moved: Record<string, string> = {};
  const take = (service: string, role: Role, port: number) => {
    owners.set(port, service);
    chosen[service] = { ...chosen[service], [role]: port };
  };

  const requested = new Set(requests.map(({ service }) => service));
  for (const [service, ports] of Object.entries(remembered))
    if (!requested.has(service)) for (const role of roles) owners.set(ports[role], service);

  for (const { service, pinned } of requests) {
    for (const role of roles) {
      const port = pinned[role];
      if (port === undefined) continue;
      const owner = owners.get(port);
      if (owner) throw portTaken(service, role, port, `it is a port of ${owner}`, facts);
      if (!(await isUsable(service, port))) throw portTaken(service, role, port, heldBy(holder(port)), facts);
      take(service, role, port);
    }
  }

  for (const { service, pinned } of requests) {
    for (const role of roles) {
      const port = remembered[service]?.[role];
      if (port === undefined || pinned[role] !== undefined) continue;
      const owner = owners.get(port);
      if (owner) moved[service] = `port ${port} now belongs to ${owner}`;
      else if (!(await isUsable(service, port)))
        moved[service] = `port ${port} was taken: ${heldBy(holder(port))}`;
      else take(service, role, port);
    }
  }

  for (const { service } of requests) {
    const isOpen = async (port: number) => !owners.has(port) && (await isUsable(service, port));
    const found = await complete(chosen[service] ?? {}, facts.folder, service, isOpen);
    for (const role of roles) take(service, role, found[role]);
  }
  return { ports: chosen as Record<string, Ports>, moved };
}

/** Adds the missing ports, neighbours where that can be. */
async function complete(
  { http, admin }: Partial<Ports>,
  folder: string,
  service: string,
  isOpen: (port: number) => Promise<boolean>,
): Promise<Ports> {
  if (http !== undefined && admin !== undefined) return { http, admin };
  if (http !== undefined && http < 65_535 && (await isOpen(http + 1))) return { http, admin: http + 1 };
  if (admin !== undefined && admin > 1 && (await isOpen(admin - 1))) return { http: admin - 1, admin };
  for (const pair of portPairs(folder, service)) {
    const found = { http: http ?? pair.http, admin: admin ?? pair.admin };
    if (
      (http !== undefined || (await isOpen(found.http))) &&
      (admin !== undefined || (await isOpen(found.admin)))
    )
      return found;
  }
  throw new ExpectedError({
    code: 'E_NO_FREE_PORT',
    exit: 'notFound',
    message: `there is no free port for ${service}`,
    why: 'no two ports from 20000 to 29999 can be bound',
    hints: ['pin its ports in the environment'],
  });
}

function heldBy(holder: PortHolder | undefined): string {
  return holder ? `pid ${holder.pid} (${holder.command}) listens on it` : 'another process listens on it';
}

function portTaken(service: string, role: Role, port: number, why: string, facts: PortFacts): ExpectedError {
  const setting = `environments.${facts.environment}.services.${service}.ports.${role}`;
  return new ExpectedError({
    code: 'E_PORT_TAKEN',
    exit: 'notFound',
    message: `port ${port} of ${service} is in use`,
    where: `cloudnative.yaml, ${setting}`,
    why,
    hints: [
      'end that process, or pin another port',
      `remove ${setting}: a free port is found then, and kept`,
    ],
  });
}
