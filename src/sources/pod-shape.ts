import type { KubernetesObject } from '../core/kubernetes-object.ts';
import { podSpecOf } from '../manifests/pod-specs.ts';

/** What is not of the form that a pod has, as far as a deploy looks into it; the rest is the server's to judge. */
export function podShapeProblems(object: KubernetesObject): string[] {
  const spec = podSpecOf(object) as Record<string, unknown> | undefined;
  if (!spec) return [];
  return [
    ...containerProblems(spec, 'initContainers'),
    ...containerProblems(spec, 'containers'),
    ...records(spec.volumes, 'volumes').problems,
    ...records(spec.imagePullSecrets, 'imagePullSecrets').problems,
  ];
}

function containerProblems(spec: Record<string, unknown>, field: string): string[] {
  const { items, problems } = records(spec[field], field);
  for (const { item, at } of items) {
    if (typeof item.name !== 'string') problems.push(`${at}.name is no text`);
    if (item.image !== undefined && typeof item.image !== 'string') problems.push(`${at}.image is no text`);
    const env = records(item.env, `${at}.env`);
    problems.push(...env.problems, ...records(item.envFrom, `${at}.envFrom`).problems);
    problems.push(
      ...records(item.ports, `${at}.ports`).problems,
      ...records(item.volumeMounts, `${at}.volumeMounts`).problems,
    );
    for (const entry of env.items)
      if (typeof entry.item.name !== 'string') problems.push(`${entry.at}.name is no text`);
  }
  return problems;
}

/** The objects of a list, or of none; anything else in it is a problem. */
function records(
  value: unknown,
  path: string,
): { items: { item: Record<string, unknown>; at: string }[]; problems: string[] } {
  if (value === undefined || value === null) return { items: [], problems: [] };
  if (!Array.isArray(value)) return { items: [], problems: [`${path} is no list`] };
  const all = value.map((item: unknown, index) => ({ item, at: `${path}[${index}]` }));
  const isObject = (item: unknown) => typeof item === 'object' && item !== null && !Array.isArray(item);
  return {
    items: all.filter(({ item }) => isObject(item)) as { item: Record<string, unknown>; at: string }[],
    problems: all.filter(({ item }) => !isObject(item)).map(({ at }) => `${at} is no object`),
  };
}
