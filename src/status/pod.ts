import type { KubernetesObject } from '../core/kubernetes-object.ts';
import type { Condition } from './conditions.ts';

export interface TerminatedState {
  exitCode: number;
  signal?: number;
  reason?: string;
  message?: string;
  startedAt?: string;
  finishedAt?: string;
  containerID?: string;
}

export interface ContainerState {
  waiting?: { reason?: string; message?: string };
  running?: { startedAt?: string };
  terminated?: TerminatedState;
}

export interface ContainerStatus {
  name: string;
  ready: boolean;
  restartCount: number;
  image?: string;
  imageID?: string;
  containerID?: string;
  state?: ContainerState;
  lastState?: ContainerState;
}

export type Pod = KubernetesObject & {
  spec?: {
    containers?: {
      name: string;
      image?: string;
      ports?: { name?: string; containerPort: number; protocol?: string }[];
    }[];
    imagePullSecrets?: { name?: string }[];
    volumes?: { name: string; persistentVolumeClaim?: { claimName: string } }[];
    restartPolicy?: string;
    nodeName?: string;
  };
  status?: {
    phase?: string;
    reason?: string;
    message?: string;
    startTime?: string;
    conditions?: Condition[];
    initContainerStatuses?: ContainerStatus[];
    containerStatuses?: ContainerStatus[];
  };
};
