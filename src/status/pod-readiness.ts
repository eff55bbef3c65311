import type { KubernetesObject } from '../core/kubernetes-object.ts';
import type { Verdict } from '../core/readiness.ts';
import { conditionOf } from './conditions.ts';
import type { Pod } from './pod.ts';
import { podTrouble } from './pod-trouble.ts';
import { failed, progressing, ready } from './verdicts.ts';

export function podReadiness(object: KubernetesObject): Verdict {
  const { phase, reason, message } = (object as Pod).status ?? {};
  if (phase === 'Succeeded') return ready('completed');
  if (phase === 'Failed') return failed(message || reason || exitWords(object as Pod) || 'failed');
  const trouble = podTrouble(object as Pod);
  if (trouble) return trouble.passing ? progressing(trouble.text) : failed(trouble.text);
  if (conditionOf(object, 'Ready')?.status === 'True') return ready('ready');
  return progressing(podProgress(object as Pod));
}

/** What a pod that is neither ready nor in trouble waits for. */
export function podProgress({ status = {} }: Pod): string {
  if (status.phase !== 'Running') {
    const waiting = [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])]
      .map(({ state }) => state?.waiting?.reason)
      .find((reason) => reason && reason !== 'PodInitializing');
    return waiting === 'ContainerCreating' || !waiting ? 'starting' : `starting (${waiting})`;
  }
  const unready = (status.containerStatuses ?? []).filter(({ ready: isReady }) => !isReady);
  const ended = unready.find(({ state }) => state?.terminated);
  if (ended)
    return `container ${ended.name} exited with code ${ended.state!.terminated!.exitCode}, starting again`;
  const names = unready.map(({ name }) => name).join(', ');
  return names ? `running, but ${names} is not ready` : 'running, but not ready';
}

function exitWords({ status = {} }: Pod): string | undefined {
  const ended = status.containerStatuses?.find(({ state }) => state?.terminated?.exitCode);
  return ended && `container ${ended.name} exited with code ${ended.state!.terminated!.exitCode}`;
}
