import type { KubernetesObject } from '../core/kubernetes-object.ts';
import type { Verdict } from '../core/readiness.ts';
import { failed, progressing, ready } from './verdicts.ts';

export interface Condition {
  type: string;
  status: 'True' | 'False' | 'Unknown';
  reason?: string;
  message?: string;
  observedGeneration?: number;
}

export function conditionOf(object: KubernetesObject, type: string): Condition | undefined {
  const { conditions } = (object.status ?? {}) as { conditions?: Condition[] };
  return conditions?.find((condition) => condition.type === type);
}

/** The condition's own words, or its reason. */
export function wordsOf(condition: Condition, otherwise: string): string {
  return condition.message || condition.reason || otherwise;
}

/** For kinds that we do not know: the conditions that controllers agree on. */
export function byConditions(object: KubernetesObject): Verdict {
  const generation = Number(object.metadata.generation ?? 0);
  const { conditions = [] } = (object.status ?? {}) as { conditions?: Condition[] };
  // Some controllers say for each condition which generation it is about, instead of once.
  const outdated = conditions.some(
    ({ type, observedGeneration = generation }) =>
      ['Stalled', 'Reconciling', 'Ready'].includes(type) && observedGeneration < generation,
  );
  if (outdated) return progressing('its controller has not seen the change yet');
  const stalled = conditionOf(object, 'Stalled');
  if (stalled?.status === 'True') return failed(wordsOf(stalled, 'stalled'));
  const reconciling = conditionOf(object, 'Reconciling');
  if (reconciling?.status === 'True') return progressing(wordsOf(reconciling, 'reconciling'));
  const own = conditionOf(object, 'Ready');
  if (!own) return ready('present');
  return own.status === 'True' ? ready('ready') : progressing(wordsOf(own, 'not ready'));
}
