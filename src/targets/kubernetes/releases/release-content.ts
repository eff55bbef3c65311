import type { Plan } from '../../../core/change.ts';
import type { KubernetesObject } from '../../../core/kubernetes-object.ts';
import type { Service } from '../../../workspace/model.ts';
import { unlabelledMember } from '../record/labelled-members.ts';
import { stepOf } from '../step.ts';

/** All that a release gives the app. */
export interface ReleaseContent {
  services: readonly Pick<Service, 'name' | 'calls'>[];
  objects: readonly StoredObject[];
}

export interface StoredObject {
  service: string;
  /** Where its manifest was: `file:line`. */
  at: string;
  /** As it was applied, with a Secret's data, but for its membership in the app's set. */
  object: KubernetesObject;
}

/** What a plan applies, also what is as it should be; not the namespace, which is nobody's. */
export function contentOfPlan(plan: Plan, services: ReleaseContent['services']): ReleaseContent {
  const names = new Set(services.map(({ name }) => name));
  const objects = plan.changes.flatMap((change): StoredObject[] => {
    const step = stepOf(change);
    const { service } = change;
    if (step?.do !== 'apply' || service === undefined || !names.has(service)) return [];
    const object = step.keepsReplicas ? withoutReplicas(step.object) : step.object;
    return [{ service, at: step.at ?? change.id, object: unlabelledMember(object) }];
  });
  return { services: services.map(({ name, calls }) => ({ name, calls })), objects };
}

/** What both give the app; where both have a service, as `over` has it. */
export function joined(under: ReleaseContent, over: ReleaseContent): ReleaseContent {
  const rest = without(
    under,
    over.services.map(({ name }) => name),
  );
  return { services: [...rest.services, ...over.services], objects: [...rest.objects, ...over.objects] };
}

export function without(content: ReleaseContent, services: readonly string[]): ReleaseContent {
  return {
    services: content.services.filter(({ name }) => !services.includes(name)),
    objects: content.objects.filter(({ service }) => !services.includes(service)),
  };
}

/** The number was the autoscaler's: it is only applied because it would fall to 1 otherwise. */
function withoutReplicas(object: KubernetesObject): KubernetesObject {
  const { replicas: _, ...spec } = object.spec as { replicas?: number };
  return { ...object, spec };
}
