import { apiGroup, type KubernetesObject } from '../../core/kubernetes-object.ts';
import { nearest } from '../../core/suggest.ts';
import type { Tell } from '../finding.ts';
import type { ApiSchema } from './api-schema.ts';

/** Tells of an API version that is gone or will go, or that no built-in kind has. Whether anything else can be judged is another question. */
export function checkApiVersion(object: KubernetesObject, schema: ApiSchema, tell: Tell): void {
  const { apiVersion, kind } = object;
  const retired = schema.retired(apiVersion, kind);
  const path = ['apiVersion'];
  const use = retired?.use ? `: use ${retired.use}` : '';
  if (retired?.removed !== undefined && retired.removed <= schema.to) {
    // Where some supported version of Kubernetes still has it, this may be for a cluster of that version.
    const severity = retired.removed <= schema.from ? 'error' : 'warning';
    const message = `is ${apiVersion}, which is gone since Kubernetes 1.${retired.removed}${use}`;
    tell({ severity, rule: 'removed-api', path, message });
  } else if (retired?.deprecated !== undefined) {
    const end = retired.removed === undefined ? '' : ` and goes with 1.${retired.removed}`;
    const message = `is ${apiVersion}, which is deprecated since Kubernetes 1.${retired.deprecated}${end}${use}`;
    tell({ severity: 'warning', rule: 'deprecated-api', path, message });
  } else if (!schema.kind(apiVersion, kind) && isBuiltIn(object, schema)) {
    tell({
      rule: 'unknown-kind',
      path: schema.kinds(apiVersion) ? ['kind'] : path,
      message: unknownKind(object, schema),
    });
  }
}

/** Of a group that Kubernetes itself serves; no CustomResourceDefinition brings kinds to those. */
export function isBuiltIn(object: KubernetesObject, schema: ApiSchema): boolean {
  return schema.groups().has(apiGroup(object));
}

function unknownKind({ apiVersion, kind }: KubernetesObject, schema: ApiSchema): string {
  const versions = schema.versionsOf(kind);
  const upTo = `Kubernetes up to 1.${schema.to} has no ${kind} in ${apiVersion}`;
  if (versions.length > 0) return `${upTo}: use ${versions[0]}`;
  const meant = nearest(kind, schema.kinds(apiVersion) ?? schema.allKinds());
  return meant ? `${upTo}, did you mean ${meant}?` : upTo;
}
