import { conditionOf } from './conditions.ts';
import type { ContainerStatus, Pod, TerminatedState } from './pod.ts';

/** Why a pod will not get ready by itself. */
export interface PodTrouble {
  /** Stable: the same as long as the cause is. */
  kind: 'image' | 'crash' | 'container' | 'schedule';
  /** E.g. `container orders exits with code 1 (twice)`. */
  text: string;
  container?: string;
  /** It may pass without anybody's help: certain only when it lasts. */
  passing: boolean;
}

export function podTrouble(pod: Pod): PodTrouble | undefined {
  const { initContainerStatuses = [], containerStatuses = [] } = pod.status ?? {};
  for (const status of [...initContainerStatuses, ...containerStatuses]) {
    const trouble = containerTrouble(status);
    if (trouble) return { ...trouble, container: status.name };
  }
  const scheduled = conditionOf(pod, 'PodScheduled');
  if (scheduled?.status === 'False' && scheduled.reason === 'Unschedulable') {
    return {
      kind: 'schedule',
      text: `no node takes it: ${scheduled.message ?? 'unschedulable'}`,
      passing: true,
    };
  }
  return undefined;
}

/** How an ended container's end reads after its name: `exits with code 1`. */
export function exitText({ exitCode, reason, signal, message }: TerminatedState): string {
  if (reason === 'OOMKilled') return 'is killed because it uses more memory than its limit (OOMKilled)';
  if (reason === 'StartError' || reason === 'ContainerCannotRun')
    return `cannot be started: ${lastCause(message) || reason}`;
  if (signal) return `is killed by signal ${signal}`;
  return `exits with code ${exitCode}`;
}

function containerTrouble({
  name,
  image,
  restartCount,
  state,
  lastState,
}: ContainerStatus): PodTrouble | undefined {
  const { reason = '', message } = state?.waiting ?? {};
  if (reason === 'CrashLoopBackOff') {
    const ended = lastState?.terminated;
    const how = ended ? exitText(ended) : 'ends again and again';
    return { kind: 'crash', text: `container ${name} ${how}${times(restartCount + 1)}`, passing: false };
  }
  if (pullReasons.has(reason)) {
    const cause = lastCause(message) || reason;
    const passing = reason === 'ErrImagePull' || reason === 'ImagePullBackOff';
    return { kind: 'image', text: `cannot pull image ${image || '(none)'}: ${cause}`, passing };
  }
  if (startReasons.has(reason)) {
    return {
      kind: 'container',
      text: `container ${name} cannot be created: ${lastCause(message) || reason}`,
      passing: true,
    };
  }
  return undefined;
}

const pullReasons = new Set([
  'ErrImagePull',
  'ImagePullBackOff',
  'ErrImageNeverPull',
  'InvalidImageName',
  'ImageInspectError',
  'RegistryUnavailable',
]);

const startReasons = new Set([
  'CreateContainerConfigError',
  'CreateContainerError',
  'RunContainerError',
  'PreStartHookError',
]);

/** Runtimes wrap the cause in what they were doing: `rpc error: code = NotFound desc = failed to …: not found`. */
function lastCause(message = ''): string {
  return message
    .replace(/^.*?(?:ErrImagePull: )?rpc error: code = \w+ desc = /s, '')
    .replace(/^failed to pull and unpack image "[^"]*": /, '')
    .replace(/^failed to create containerd task: /, '')
    .trim();
}

/** ` (twice)`, to follow what happened. */
export function times(count: number): string {
  return count === 1 ? '' : count === 2 ? ' (twice)' : ` (${count} times)`;
}
