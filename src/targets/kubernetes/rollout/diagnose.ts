import type { Change } from '../../../core/change.ts';
import type { KubernetesObject } from '../../../core/kubernetes-object.ts';
import { placeFlags } from '../../../core/place-flags.ts';
import type { Diagnosis, Verdict } from '../../../core/readiness.ts';
import { plainText } from '../../../core/terminal-text.ts';
import type { ContainerStatus, Pod } from '../../../status/pod.ts';
import { type Cluster, getObject } from '../cluster.ts';
import { stepOf } from '../step.ts';
import { bindingTroubles, claimHints, unboundClaims } from './claims.ts';
import { lastLines } from './container-log.ts';
import { eventsOf } from './events.ts';
import { withOwnRefusal } from './own-refusal.ts';
import { podsOf } from './pods-of.ts';
import { type RolloutTrouble, rolloutTrouble } from './rollout-trouble.ts';
import type { Sightings } from './sightings.ts';
import { isWorkload } from './workloads.ts';

/** Why a change is not ready, from its pods, their logs and what the cluster noted. */
export async function diagnose(
  change: Change,
  verdict: Verdict,
  cluster: Cluster,
  sightings: Sightings,
): Promise<Diagnosis> {
  const step = stepOf(change);
  const found = 'path' in step ? await getObject(cluster, step.path) : undefined;
  const live = found && (await withOwnRefusal(found, cluster));
  const name = change.service ?? change.id;
  const place = `namespace ${cluster.namespace}, ${change.id}`;
  if (change.action === 'remove') {
    const held = live ? await eventLines(live, cluster) : [];
    return {
      message: `${change.id} is not gone: ${verdict.reason}`,
      where: place,
      why: held,
      hints: ['repeat the command: what is gone stays gone'],
    };
  }
  if (!live || !isWorkload(live)) {
    const why = live ? await eventLines(live, cluster) : [];
    const hints = live?.kind === 'PersistentVolumeClaim' ? claimHints(cluster) : [];
    return { message: `${change.id} is not ready: ${verdict.reason}`, where: place, why, hints };
  }
  const pods = await podsOf(live, cluster);
  const trouble = await rolloutTrouble(live, pods, cluster, sightings);
  const pod = trouble?.pod ?? worstOf(pods);
  if (!pod) {
    const why = trouble ? [trouble.text] : await eventLines(live, cluster);
    return {
      message: `${name} cannot start: ${trouble ? 'its pods are refused' : verdict.reason}`,
      where: place,
      why,
      hints: hintsFor(trouble, name, placeFlags(cluster.scope)),
    };
  }
  const container = trouble?.container ?? worstContainer(pod)?.name;
  const unbound = trouble?.kind === 'schedule' ? await unboundClaims(pod, cluster) : [];
  return {
    message: trouble
      ? `${name} cannot start: ${ownWords(trouble, container)}`
      : `${name} is not ready: ${verdict.reason}`,
    where: `Pod/${pod.metadata.name}${container ? `, container ${container}` : ''}`,
    why: [...(await reasons(pod, container, trouble, cluster)), ...unbound],
    hints: unbound.length > 0 ? claimHints(cluster) : hintsFor(trouble, name, placeFlags(cluster.scope)),
  };
}

async function reasons(
  pod: Pod,
  container: string | undefined,
  trouble: RolloutTrouble | undefined,
  cluster: Cluster,
): Promise<string[]> {
  const status = [
    ...(pod.status?.initContainerStatuses ?? []),
    ...(pod.status?.containerStatuses ?? []),
  ].find(({ name }) => name === container);
  const hasRun = Boolean(
    status?.state?.running ?? status?.state?.terminated ?? status?.lastState?.terminated,
  );
  const previous = Boolean(status?.lastState?.terminated) && !status?.state?.terminated;
  const wrote =
    container && hasRun
      ? await lastLines({ pod: pod.metadata.name, container, previous }, cluster)
      : { lines: [], previous };
  const log = wrote.lines;
  const events = trouble?.kind === 'crash' && log.length > 0 ? [] : await eventLines(pod, cluster);
  const heading = wrote.previous ? 'last lines of its log before it ended' : 'last lines of its log';
  return [...events, ...(log.length > 0 ? [heading, ...log.map((line) => `  ${line}`)] : [])];
}

/** Warnings about an object, and what keeps a claim from its volume, each once, newest last. */
async function eventLines(object: KubernetesObject, cluster: Cluster): Promise<string[]> {
  const warnings = (await eventsOf(object, cluster)).filter(
    ({ type, reason }) => type === 'Warning' || bindingTroubles.includes(reason),
  );
  const lines = new Map(
    warnings.map(({ reason, message, count }) => [
      message,
      `${reason}${count > 1 ? ` (${count} times)` : ''}: ${message}`,
    ]),
  );
  return [...lines.values()].slice(-4);
}

function worstOf(pods: readonly Pod[]): Pod | undefined {
  const isReady = ({ status }: Pod) =>
    status?.conditions?.some(({ type, status: value }) => type === 'Ready' && value === 'True');
  return pods.find((pod) => !isReady(pod)) ?? pods[0];
}

function worstContainer({ status = {} }: Pod): ContainerStatus | undefined {
  const failing = status.initContainerStatuses?.find(
    ({ ready, state }) => !ready && (state?.running ?? state?.terminated?.exitCode),
  );
  return failing ?? status.containerStatuses?.find(({ ready }) => !ready) ?? status.containerStatuses?.[0];
}

function ownWords({ text }: RolloutTrouble, container: string | undefined): string {
  return plainText(container ? text.replace(`container ${container} `, 'its container ') : text);
}

function hintsFor(trouble: RolloutTrouble | undefined, name: string, place: string): string[] {
  const logs = `cloudnative logs ${name} ${place}        all that it wrote`;
  const again = 'deploy again: it continues from here';
  switch (trouble?.kind) {
    case 'crash':
      return [`correct what its log says, then ${again}`, logs];
    case 'image':
      return [
        `see that the cluster's nodes can reach the registry and may pull the image, then ${again}`,
        // A folder of manifests has no registry of its own.
        ...(place.startsWith('-e ')
          ? [`with this machine's login: cloudnative deploy ${place} --pull-secret`]
          : []),
      ];
    case 'container':
    case 'mount':
      return [`create what is missing, or correct its name in the manifest, then ${again}`];
    case 'schedule':
      return ['lower what the pod requests, loosen where it may run, or add a node'];
    case 'refused':
      return [`change the manifest or the rule that refuses it, then ${again}`];
    default:
      return [logs];
  }
}
