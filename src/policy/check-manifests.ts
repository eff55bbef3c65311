import type { KubernetesObject, Manifest } from '../core/kubernetes-object.ts';
import type { locateField } from '../core/locate-field.ts';
import { fieldPath } from './field-path.ts';
import type { Finding, Severity, Tell } from './finding.ts';
import { record } from './json.ts';
import { podSecurityViolations } from './pod-security/pod-security.ts';
import type { PodSecurityLevel } from './pod-security/rules.ts';
import { createInventory, type Inventory } from './references/inventory.ts';
import { checkPodReferences } from './references/pod-references.ts';
import { checkWorkloadReferences } from './references/workload-references.ts';
import { checkMetadata } from './rules/metadata.ts';
import { checkMounts } from './rules/mounts.ts';
import { typeRules } from './rules/type-rules.ts';
import { type ApiSchema, loadApiSchema } from './schema/api-schema.ts';
import { checkApiVersion, isBuiltIn } from './schema/api-versions.ts';
import { checkValue, type SchemaChecks } from './schema/check-value.ts';
import {
  type CustomKind,
  checkCustomResource,
  checkDefinition,
  customKinds,
} from './schema/custom-resources.ts';
import { customPodSpec, podTemplateOf } from './workloads.ts';

/** A finding with its place, for people and machines. */
export interface Problem {
  severity: Severity;
  rule: string;
  file: string;
  /** Both from 1. */
  line: number;
  column: number;
  /** `Kind/name`. */
  object: string;
  /** `spec.template.spec.containers[orders].image`; empty for the object itself. */
  field: string;
  message: string;
}

export interface CheckOptions {
  /** What is asked of every pod. Without it, restricted is recommended: a violation is a warning. */
  podSecurity?: PodSecurityLevel;
}

/** A finding with the manifest that it is about. */
export interface ManifestFinding extends Finding {
  manifest: Manifest;
}

/** Everything that is wrong with manifests, as far as it can be known without a cluster. */
export async function checkManifests(
  manifests: readonly Manifest[],
  options: CheckOptions,
): Promise<ManifestFinding[]> {
  const schema = await loadApiSchema();
  const objects = manifests.map(({ object }) => object);
  const known = {
    schema,
    custom: customKinds(objects),
    inventory: createInventory(objects),
    levels: enforcedLevels(objects),
    ...options,
  };
  const findings: ManifestFinding[] = [];
  for (const manifest of manifests) {
    checkObject(manifest.object, known, (finding) =>
      findings.push({ severity: 'error', ...finding, manifest }),
    );
  }
  return findings;
}

/** What a level does not allow of the pods that a manifest makes, by the standards of a minor version of Kubernetes. */
export function podSecurityFindings(
  manifest: Manifest,
  level: PodSecurityLevel,
  minor?: number,
): ManifestFinding[] {
  return violations(manifest.object, level, minor).map((one) => ({ severity: 'error', ...one, manifest }));
}

/** Findings with their places, in the order of files and lines. Reads the YAML again, so it is for those that are shown. */
export async function locateFindings(findings: readonly ManifestFinding[]): Promise<Problem[]> {
  if (findings.length === 0) return [];
  const { locateField: locate } = await import('../core/locate-field.ts');
  return findings.map((finding) => problemOf(finding, locate)).sort(byPlace);
}

/** `file:line:column Kind/name: field message`. */
export function problemText({ file, line, column, object, field, message }: Problem): string {
  return `${file}:${line}:${column} ${object}: ${field} ${message}`;
}

/** Orders by file, line and column. */
export function byPlace(a: Problem, b: Problem): number {
  if (a.file !== b.file) return a.file < b.file ? -1 : 1;
  return a.line - b.line || a.column - b.column;
}

interface Known extends CheckOptions {
  schema: ApiSchema;
  custom: ReadonlyMap<string, CustomKind>;
  inventory: Inventory;
  /** Of namespaces of the input, by name. */
  levels: ReadonlyMap<string, PodSecurityLevel>;
}

function checkObject(object: KubernetesObject, known: Known, tell: Tell): void {
  const { schema, custom, inventory } = known;
  let sound = true;
  const tellSchema: Tell = (finding) => {
    if (finding.rule === 'wrong-type') sound = false;
    tell(finding);
  };
  checkApiVersion(object, schema, tell);
  const checks: SchemaChecks = { schema, rules: typeRules, tell: tellSchema };
  const builtIn = schema.kind(object.apiVersion, object.kind);
  if (builtIn) checkValue(object, { is: 'object', name: builtIn.type }, [], checks);
  else checkCustom(object, custom, checks);
  if (!sound) return; // what follows relies on types
  checkMetadata(object, tell);
  checkDefinition(object, tell);
  checkWorkloadReferences(object, inventory, tell);
  const pod = podTemplateOf(object);
  if (!pod) return;
  checkMounts(object, pod, tell);
  checkPodReferences(object, pod, inventory, tell);
  checkPodSecurity(object, known, tell);
}

/** A custom resource by its definition, where that is in the input; and what a deploy looks into, if it is like a pod. */
function checkCustom(object: KubernetesObject, custom: Known['custom'], checks: SchemaChecks): void {
  const { schema, tell } = checks;
  checkValue(object.metadata, { is: 'object', name: 'ObjectMeta' }, ['metadata'], checks);
  const pod = customPodSpec(object);
  if (pod) checkValue(pod.spec, { is: 'object', name: 'PodSpec' }, pod.path, { ...checks, shapeOnly: true });
  const { apiVersion, kind } = object;
  const definition = custom.get(`${apiVersion} ${kind}`);
  if (definition) checkCustomResource(object, definition, tell);
  else if (!schema.retired(apiVersion, kind) && !isBuiltIn(object, schema))
    tell({
      severity: 'note',
      rule: 'unknown-schema',
      path: ['kind'],
      message: `${kind} in ${apiVersion} is not judged: its definition is not among these manifests`,
    });
}

/** Against the level that is asked for, else that of its namespace, else as advice. */
function checkPodSecurity(object: KubernetesObject, { podSecurity, levels }: Known, tell: Tell): void {
  const enforced = podSecurity ?? levels.get(object.metadata.namespace ?? '');
  const severity = enforced ? 'error' : 'warning';
  for (const finding of violations(object, enforced ?? 'restricted')) tell({ severity, ...finding });
}

function violations(object: KubernetesObject, level: PodSecurityLevel, minor?: number) {
  const pod = podTemplateOf(object);
  const found = pod ? podSecurityViolations(pod, level, minor) : [];
  return found.map(({ path, wanted }) => ({
    rule: `pod-security-${level}`,
    path,
    message: `${wanted} (Pod Security ${level})`,
  }));
}

function enforcedLevels(objects: readonly KubernetesObject[]): ReadonlyMap<string, PodSecurityLevel> {
  const levels = new Map<string, PodSecurityLevel>();
  for (const { kind, apiVersion, metadata } of objects) {
    const level = record(metadata.labels)['pod-security.kubernetes.io/enforce'];
    if (kind === 'Namespace' && apiVersion === 'v1' && (level === 'baseline' || level === 'restricted'))
      levels.set(metadata.name, level);
  }
  return levels;
}

function problemOf(
  { manifest, path, severity, rule, message }: ManifestFinding,
  locate: typeof locateField,
): Problem {
  const { object, file } = manifest;
  return {
    severity,
    rule,
    file,
    ...locate(manifest, path),
    object: `${object.kind}/${object.metadata.name}`,
    field: fieldPath(object, path),
    message,
  };
}
