import { isRecord } from '../../../core/is-record.ts';
import type { KubernetesObject } from '../../../core/kubernetes-object.ts';
import { isDataKey, nameProblem } from '../../../core/names.ts';

/**
 * Whether the API's own validation surely accepts the object: only for kinds, and fields of them, whose every rule is here. Others are
 * not thereby wrong. By kube-apiserver's `ValidateObjectMeta`, `ValidateConfigMap`, `ValidateSecret`, `ValidatePodDisruptionBudgetSpec`.
 */
export function isWellFormed(object: KubernetesObject): boolean {
  const { apiVersion, kind, metadata, ...rest } = object;
  const rules = kinds[`${apiVersion} ${kind}`];
  if (!rules || JSON.stringify(object).length > most.object) return false;
  return isMetadata(metadata) && hasOnly(rest, rules) && isConsistent(rest);
}

type Rule = (value: unknown) => boolean;

/** Characters, so few that no encoding of them is more than the API takes: 1 MiB of data, 256 KiB of annotations. */
const most = { object: 300_000, metadata: 80_000 };

const isBoolean: Rule = (value) => typeof value === 'boolean';
/** A lone surrogate has no UTF-8. */
const isText: Rule = (value) =>
  typeof value === 'string' && !/[\ud800-\udfff]/.test(value.replace(/[\ud800-\udbff][\udc00-\udfff]/g, ''));
const isBase64: Rule = (value) =>
  typeof value === 'string' && /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(value);
const isLabels = mapOf(
  (key) => nameProblem('qualifiedName', key) === undefined,
  (value) => typeof value === 'string' && nameProblem('labelValue', value) === undefined,
);
const isDisruption: Rule = (value) =>
  typeof value === 'number'
    ? Number.isInteger(value) && value >= 0 && value < 2 ** 31
    : typeof value === 'string' && /^(\d{1,2}|100)%$/.test(value);
const isName: Rule = (value) =>
  typeof value === 'string' && nameProblem('dns1123Subdomain', value) === undefined;

const kinds: Readonly<Record<string, Readonly<Record<string, Rule>> | undefined>> = {
  'v1 ConfigMap': {
    data: mapOf(isDataKey, isText),
    binaryData: mapOf(isDataKey, isBase64),
    immutable: isBoolean,
  },
  'v1 Secret': {
    type: (value) => value === 'Opaque',
    data: mapOf(isDataKey, isBase64),
    stringData: mapOf(isDataKey, isText),
    immutable: isBoolean,
  },
  'v1 ServiceAccount': { automountServiceAccountToken: isBoolean, imagePullSecrets: isReferences },
  'policy/v1 PodDisruptionBudget': {
    spec: (value) =>
      isRecord(value) &&
      hasOnly(value, { minAvailable: isDisruption, maxUnavailable: isDisruption, selector: isSelector }) &&
      !('minAvailable' in value && 'maxUnavailable' in value),
  },
};

function isMetadata(metadata: unknown): boolean {
  const rules = {
    name: isName,
    namespace: isName,
    labels: isLabels,
    // Their keys are compared in lower case, their values are free.
    annotations: mapOf((key) => nameProblem('qualifiedName', key.toLowerCase()) === undefined, isText),
  };
  return isRecord(metadata) && hasOnly(metadata, rules) && JSON.stringify(metadata).length < most.metadata;
}

/** Data and binary data of a ConfigMap may not share a key. */
function isConsistent({ data, binaryData }: Record<string, unknown>): boolean {
  return !isRecord(data) || !isRecord(binaryData) || Object.keys(binaryData).every((key) => !(key in data));
}

function isSelector(value: unknown): boolean {
  return isRecord(value) && hasOnly(value, { matchLabels: isLabels });
}

function isReferences(value: unknown): boolean {
  if (!Array.isArray(value) || !value.every((one) => isRecord(one) && hasOnly(one, { name: isName })))
    return false;
  return new Set(value.map(({ name }) => name)).size === value.length;
}

function hasOnly(map: Record<string, unknown>, rules: Readonly<Record<string, Rule>>): boolean {
  return Object.entries(map).every(([key, value]) => Object.hasOwn(rules, key) && rules[key]!(value));
}

function mapOf(isKey: (key: string) => boolean, isValue: Rule): Rule {
  return (value) =>
    isRecord(value) && Object.entries(value).every(([key, one]) => isKey(key) && isValue(one));
}
