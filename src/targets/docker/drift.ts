import type { FieldChange } from '../../core/change.ts';
import { labels } from '../../core/labels.ts';
import type { ContainerInspect } from '../../system/docker-engine.ts';
import type { Scope } from '../target.ts';
import { containerName } from './names.ts';
import { type Network, nameOf } from './observe.ts';
import { type ContainerSpec, type SecretValues, specDigest } from './spec.ts';

export interface Wanted {
  spec: ContainerSpec;
  secrets: SecretValues;
  /** Of the image that the engine has under the reference; undefined while it has none. */
  imageId: string | undefined;
  network: Network | undefined;
}

/** Why a container cannot be made right and has to be replaced; undefined when it can stay. */
export function whyReplaced(
  container: ContainerInspect,
  { spec, secrets, imageId, network }: Wanted,
): string | undefined {
  if (container.Config.Labels[labels.spec] !== specDigest(spec, secrets)) return '';
  if (imageId !== undefined && container.Image !== imageId) return 'its image was changed by someone';
  if (container.State.Dead) return 'the engine could not remove it';
  const attached = container.NetworkSettings.Networks[spec.network];
  // A container that stopped stays bound to the very network it ran in.
  const lost = attached?.NetworkID && attached.NetworkID !== network?.id;
  return lost ? 'its network was removed by someone' : undefined;
}

/** What has to be done to a container that may stay; in the order of doing it. */
export type Repair = 'unpause' | 'connect' | 'rename' | 'start';

export function repairsOf(container: ContainerInspect, spec: ContainerSpec, scope: Scope): Repair[] {
  const { Running, Paused } = container.State;
  const repairs: Repair[] = [];
  if (Paused) repairs.push('unpause');
  if (!isConnected(container, spec)) repairs.push('connect');
  if (nameOf(container) !== containerName(scope, spec.service)) repairs.push('rename');
  if (!Running) repairs.push('start');
  return repairs;
}

/** Whether the services that call it find it under its name. */
export function isConnected(
  { NetworkSettings }: ContainerInspect,
  { network, service }: Pick<ContainerSpec, 'network' | 'service'>,
): boolean {
  const attached = NetworkSettings.Networks[network];
  return Boolean(attached?.Aliases?.includes(service));
}

/** What someone did to it, for people. */
export function repairNote(container: ContainerInspect, repairs: readonly Repair[]): string {
  const said: Record<Repair, string> = {
    unpause: 'paused by someone',
    connect: 'disconnected from its network',
    rename: `called ${nameOf(container)}`,
    start:
      container.State.Status === 'created'
        ? 'never started'
        : `stopped, with exit code ${container.State.ExitCode}`,
  };
  return repairs.map((repair) => said[repair]).join(', ');
}

/** What differs between a container and its spec that people would call a change. */
export function fieldChanges(
  container: ContainerInspect,
  { spec, secrets, imageId }: Wanted,
  imageEnv: readonly string[],
): FieldChange[] {
  const fields: FieldChange[] = [];
  const before = ownEnv(container, imageEnv);
  if (imageId === undefined || container.Config.Image !== spec.image || container.Image !== imageId)
    fields.push({
      path: 'image',
      before: container.Config.Image,
      after: imageId === undefined ? 'will be built' : spec.image,
    });
  for (const name of [...new Set([...Object.keys(before), ...Object.keys(spec.env)])].sort()) {
    if (name in secrets || before[name] === spec.env[name]) continue;
    fields.push({ path: `env.${name}`, before: before[name], after: spec.env[name] });
  }
  for (const name of spec.secrets)
    if (before[name] !== secrets[name]) fields.push({ path: `env.${name}`, secret: true });
  if (fields.length === 0) {
    const digest = (text: string | undefined) => text?.slice(0, 12);
    fields.push({
      path: 'spec',
      before: digest(container.Config.Labels[labels.spec]),
      after: digest(specDigest(spec, secrets)),
    });
  }
  return fields;
}

/** The variables that the container has and its image has not. */
function ownEnv({ Config }: ContainerInspect, imageEnv: readonly string[]): Record<string, string> {
  const own = Config.Env.filter((entry) => !imageEnv.includes(entry));
  return Object.fromEntries(
    own.map((entry) => [entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)]),
  );
}
