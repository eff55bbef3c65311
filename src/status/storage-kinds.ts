import type { KubernetesObject } from '../core/kubernetes-object.ts';
import type { Verdict } from '../core/readiness.ts';
import { failed, progressing, ready } from './verdicts.ts';

/** Volumes and their claims. */
export const storageKinds: Readonly<Record<string, (object: KubernetesObject) => Verdict>> = {
  '/PersistentVolumeClaim': (object) => {
    const phase = phaseOf(object);
    if (phase === 'Bound') return ready('bound');
    return phase === 'Lost' ? failed('its volume is lost') : progressing('waits for a volume');
  },
  '/PersistentVolume': (object) => {
    const phase = phaseOf(object);
    if (phase === 'Failed') return failed('its reclamation failed');
    return phase === 'Pending' ? progressing('not available yet') : ready(phase.toLowerCase() || 'present');
  },
};

function phaseOf(object: KubernetesObject): string {
  return (object.status as { phase?: string } | undefined)?.phase ?? '';
}
