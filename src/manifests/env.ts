import { type Manifest, manifestAt } from '../core/kubernetes-object.ts';
import type { EnvValue } from '../workspace/model.ts';
import { type EnvEntry, podSpecOf } from './pod-specs.ts';
import type { Completion } from './prepare-manifests.ts';

/** Puts the service's `env` into the containers named like the service, over what they have; new ones come last, by name. */
export function mergeEnv(
  manifests: readonly Manifest[],
  { service, env }: Pick<Completion, 'service' | 'env'>,
): string[] {
  const names = Object.keys(env).sort();
  if (names.length === 0) return [];
  const specs = manifests.map(({ object }) => podSpecOf(object));
  const containers = specs.flatMap((spec) => spec?.containers?.filter(({ name }) => name === service) ?? []);
  for (const container of containers) {
    const entries = (container.env ?? []).map((entry) => {
      const value = Object.hasOwn(env, entry.name) ? env[entry.name] : undefined;
      return value === undefined ? entry : envEntry(entry.name, value);
    });
    const known = new Set(entries.map(({ name }) => name));
    container.env = [
      ...entries,
      ...names.filter((name) => !known.has(name)).map((name) => envEntry(name, env[name]!)),
    ];
  }
  if (containers.length > 0) return [];
  const first = manifests.find((_, index) => specs[index]) ?? manifests[0]!;
  return [
    `${manifestAt(first)}: env of ${service} has nowhere to go, since no container is named ${service}`,
  ];
}

function envEntry(name: string, value: EnvValue): EnvEntry {
  return typeof value === 'string'
    ? { name, value }
    : { name, valueFrom: { secretKeyRef: { ...value.secret } } };
}
