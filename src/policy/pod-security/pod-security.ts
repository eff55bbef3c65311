import type { Path } from '../../core/yaml-document.ts';
import { isRecord, type Json, record } from '../json.ts';
import { containersOf, type PodTemplate } from '../workloads.ts';
import { type PodSecurityLevel, type PodSecurityRule, podSecurityRules } from './rules.ts';

export interface PodSecurityViolation {
  id: string;
  path: Path;
  wanted: string;
}

/** The newest version of the standards that the rules know, as a minor version of Kubernetes. */
export const newestStandard = 37;

/** Everything about a pod that a level does not allow; paths are within the object that holds the template. */
export function podSecurityViolations(
  pod: PodTemplate,
  level: PodSecurityLevel,
  minor = newestStandard,
): PodSecurityViolation[] {
  return podSecurityRules
    .filter((rule) => applies(rule, pod, level, minor))
    .flatMap((rule) =>
      fieldsOf(rule, pod, minor)
        .filter(({ value }) => !rule.allows(value, minor))
        .map(({ path }) => ({ id: rule.id, path, wanted: rule.wanted })),
    );
}

function applies(
  rule: PodSecurityRule,
  { spec }: PodTemplate,
  level: PodSecurityLevel,
  minor: number,
): boolean {
  if (rule.level === 'restricted' && level === 'baseline') return false;
  if (minor < (rule.since ?? 0)) return false;
  if (level === 'restricted' && minor >= (rule.replacedSince ?? Number.POSITIVE_INFINITY)) return false;
  if (rule.notOnWindows && record(spec.os).name === 'windows') return false;
  return !(minor >= (rule.notInUserNamespaceSince ?? Number.POSITIVE_INFINITY) && spec.hostUsers === false);
}

interface FoundField {
  path: Path;
  value: unknown;
}

/** The fields that a rule judges, each with its value. */
function fieldsOf(rule: PodSecurityRule, pod: PodTemplate, minor: number): FoundField[] {
  const specPath = [...pod.path, 'spec'];
  const ofPod = (rule.pod ?? []).flatMap((field) => expand(pod.spec, field.split('.'), specPath));
  // A pod that leaves the field to its containers is judged by them.
  const podSets = ofPod.filter(({ value }) => value !== undefined);
  const fallback = podSets.some(({ value }) => rule.allows(value, minor));
  const ofContainers = containersOf(pod).flatMap(({ container, path }) =>
    (rule.container ?? []).flatMap((field) => expand(container, field.split('.'), path)),
  );
  if (rule.inherited)
    return [...podSets, ...ofContainers.filter(({ value }) => value !== undefined || !fallback)];
  return [...ofPod, ...ofContainers, ...annotationsOf(rule, pod)];
}

function annotationsOf(
  { annotations: prefix }: PodSecurityRule,
  { path, annotations }: PodTemplate,
): FoundField[] {
  if (prefix === undefined) return [];
  return Object.entries(annotations)
    .filter(([key]) => key.startsWith(prefix))
    .map(([key, value]) => ({ path: [...path, 'metadata', 'annotations', key], value }));
}

/** `ports[*].hostPort` of an object: one field for each item, none for no items; a field that is not there is undefined. */
function expand(holder: Json, [step, ...rest]: readonly string[], path: Path): FoundField[] {
  const name = step!.replace('[*]', '');
  const value = holder[name] ?? undefined;
  const here = [...path, name];
  if (step!.endsWith('[*]')) {
    return (Array.isArray(value) ? (value as unknown[]) : []).flatMap((item, index) =>
      rest.length === 0
        ? [{ path: [...here, index], value: item }]
        : expand(record(item), rest, [...here, index]),
    );
  }
  if (rest.length === 0) return [{ path: here, value }];
  if (isRecord(value)) return expand(value, rest, here);
  return [{ path: [...here, ...rest.map((one) => one.replace('[*]', ''))], value: undefined }];
}
