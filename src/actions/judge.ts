import type { KubernetesObject } from '../core/kubernetes-object.ts';
import type { Readiness } from '../core/readiness.ts';
import { readiness } from '../status/readiness.ts';
import type { ReadinessRule } from '../workspace/model.ts';

export interface Judged {
  /** E.g. `Deployment/orders`. */
  id: string;
  namespace?: string;
  readiness: Readiness;
  reason: string;
}

/** The verdict on each object, from the object alone. */
export function judge(objects: readonly KubernetesObject[], rules: readonly ReadinessRule[] = []): Judged[] {
  return objects.map((object) => {
    const { kind, metadata } = object;
    const verdict = readiness(object, rules);
    return {
      id: `${kind}/${metadata.name}`,
      namespace: metadata.namespace,
      readiness: verdict.readiness,
      reason: verdict.reason,
    };
  });
}
