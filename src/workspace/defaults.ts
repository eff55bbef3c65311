import type { Environment, Ports } from './model.ts';

export const defaultPorts: Ports = { http: 8080, admin: 9100 };
export const defaultManifests = 'deploy/kubernetes';

/** Environments of a service without a workspace. */
export const loneEnvironments: Readonly<Record<string, Environment>> = {
  local: { name: 'local', target: 'process', services: {} },
  docker: { name: 'docker', target: 'docker', services: {} },
};

/** The environment of commands that name none; undefined when it would be a guess. */
export function defaultEnvironment(names: readonly string[]): string | undefined {
  if (names.includes('local')) return 'local';
  return names.length === 1 ? names[0] : undefined;
}
