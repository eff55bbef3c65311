import { isRecord } from '../core/is-record.ts';
import type { KubernetesObject } from '../core/kubernetes-object.ts';
import type { Requirement } from '../core/label-selector.ts';
import type { PodSelection } from './pod-selection.ts';
import type { ScrapedWorkload } from './scrape-config.ts';

/** What makes or is pods among the objects of an app, with the labels of just those pods; what makes pods without any cannot be found. */
export function scrapedWorkloads(objects: readonly KubernetesObject[], namespace: string): ScrapedWorkload[] {
  const found = objects.flatMap((object) => {
    const selection = ownPods(object);
    const place = object.metadata.namespace ?? namespace;
    return selection ? [{ object, pods: { namespace: place, ...selection } }] : [];
  });
  const names = found.map(({ object }) => object.metadata.name);
  return found
    .map(({ object: { kind, metadata }, pods }) => {
      const alone = names.filter((name) => name === metadata.name).length === 1;
      return {
        name: alone ? metadata.name : `${kind.toLowerCase()}-${metadata.name}`,
        pods,
        ...(kind === 'Pod' ? { pod: metadata.name } : {}),
      };
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function ownPods(object: KubernetesObject): Omit<PodSelection, 'namespace'> | undefined {
  if (object.kind === 'Pod') return { matchLabels: object.metadata.labels ?? {} };
  const spec = fields(object.spec);
  const template = fields(fields(fields(spec.jobTemplate).spec).template ?? spec.template);
  if (!Array.isArray(fields(template.spec).containers)) return undefined;
  // The labels of a Job's template say less than the one that its controller adds.
  if (object.kind === 'Job') return byLabels({ 'batch.kubernetes.io/job-name': object.metadata.name });
  const { matchLabels, matchExpressions } = fields(spec.selector);
  if (!isRecord(matchLabels) && !Array.isArray(matchExpressions))
    return byLabels(fields(template.metadata).labels);
  return {
    matchLabels: fields(matchLabels) as Record<string, string>,
    ...(Array.isArray(matchExpressions) ? { matchExpressions: matchExpressions as Requirement[] } : {}),
  };
}

function byLabels(labels: unknown): Omit<PodSelection, 'namespace'> | undefined {
  const matchLabels = fields(labels) as Record<string, string>;
  return Object.keys(matchLabels).length > 0 ? { matchLabels } : undefined;
}

function fields(value: unknown): Record<string, unknown> {
  return isRecord(value) ? value : {};
}
