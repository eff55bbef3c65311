import { isRecord } from '../../core/is-record.ts';
import type { Path } from '../../core/yaml-document.ts';
import { type Json, list, record } from '../json.ts';
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
  const containers = containersOf(pod);
  return rules
    .filter(({ rule }) => applies(rule, pod, level, minor))
    .flatMap((one) =>
      fieldsOf(one, pod, containers, minor)
        .filter(({ value }) => !one.rule.allows(value, minor))
        .map(({ path }) => ({ id: one.rule.id, path, wanted: one.rule.wanted })),
    );
}

interface Step {
  name: string;
  /** All items of the list. */
  each: boolean;
}

interface ParsedRule {
  rule: PodSecurityRule;
  pod: readonly (readonly Step[])[];
  container: readonly (readonly Step[])[];
}

const rules: readonly ParsedRule[] = podSecurityRules.map((rule) => ({
  rule,
  pod: (rule.pod ?? []).map(stepsOf),
  container: (rule.container ?? []).map(stepsOf),
}));

/** `ports[*].hostPort` as steps. */
function stepsOf(field: string): Step[] {
  return field.split('.').map((step) => ({ name: step.replace('[*]', ''), each: step.endsWith('[*]') }));
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
function fieldsOf(
  { rule, ...fields }: ParsedRule,
  pod: PodTemplate,
  containers: ReturnType<typeof containersOf>,
  minor: number,
): FoundField[] {
  const ofPod = fields.pod.flatMap((steps) => expand(pod.spec, steps, [...pod.path, 'spec']));
  const ofContainers = containers.flatMap(({ container, path }) =>
    fields.container.flatMap((steps) => expand(container, steps, path)),
  );
  if (!rule.inherited) return [...ofPod, ...ofContainers, ...annotationsOf(rule, pod)];
  // A pod that leaves the field to its containers is judged by them.
  const podSets = ofPod.filter(({ value }) => value !== undefined);
  const fallback = podSets.some(({ value }) => rule.allows(value, minor));
  return [...podSets, ...ofContainers.filter(({ value }) => value !== undefined || !fallback)];
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

/** One field for each item of a list, none for no items; a field that is not there is undefined. */
function expand(holder: Json, steps: readonly Step[], path: Path, from = 0): FoundField[] {
  const { name, each } = steps[from]!;
  const value = holder[name] ?? undefined;
  const last = from === steps.length - 1;
  if (each) {
    return list(value).flatMap((item, index) => {
      const here = [...path, name, index];
      return last ? [{ path: here, value: item }] : expand(record(item), steps, here, from + 1);
    });
  }
  if (last) return [{ path: [...path, name], value }];
  if (isRecord(value)) return expand(value, steps, [...path, name], from + 1);
  return [{ path: [...path, ...steps.slice(from).map((step) => step.name)], value: undefined }];
}
