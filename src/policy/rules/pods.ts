import type { Path } from '../../core/yaml-document.ts';
import type { Tell } from '../finding.ts';
import { type Json, record, records, text } from '../json.ts';
import type { TypeRule } from '../schema/check-value.ts';
import { parseQuantity } from '../schema/scalars.ts';

export const podSpec: TypeRule = (spec, path, tell) => {
  const names = new Set<unknown>();
  if (Array.isArray(spec.containers) && spec.containers.length === 0)
    tell({ rule: 'missing-field', path: [...path, 'containers'], message: 'is empty' });
  for (const field of ['initContainers', 'containers', 'ephemeralContainers']) {
    for (const { item, index } of records(spec[field])) {
      const at = [...path, field, index];
      if (text(item.name) && names.has(item.name))
        tell({
          rule: 'duplicate-item',
          path: [...at, 'name'],
          message: `${item.name} is the name of another container too`,
        });
      names.add(item.name);
    }
  }
};

export const container: TypeRule = (value, path, tell) => {
  const named = records(value.ports).filter(({ item }) => text(item.name));
  for (const { item, index } of named) {
    if (named.some((other) => other.index < index && other.item.name === item.name))
      tell({
        rule: 'duplicate-item',
        path: [...path, 'ports', index, 'name'],
        message: `${item.name} is the name of another port too`,
      });
  }
  for (const field of ['livenessProbe', 'startupProbe'] as const) {
    const { successThreshold = 1 } = record(value[field]);
    if (typeof successThreshold === 'number' && successThreshold > 1)
      tell({ rule: 'probe', path: [...path, field, 'successThreshold'], message: 'must be 1' });
  }
  checkProbePorts(value, path, tell);
};

/** A probe by the name of a port that its container does not have fails for ever. */
function checkProbePorts(value: Json, path: Path, tell: Tell): void {
  const names = records(value.ports).flatMap(({ item }) => text(item.name) ?? []);
  for (const field of ['livenessProbe', 'readinessProbe', 'startupProbe']) {
    for (const handler of ['httpGet', 'tcpSocket']) {
      const { port } = record(record(value[field])[handler]);
      if (typeof port !== 'string' || names.includes(port)) continue;
      const known = names.length > 0 ? `it has ${names.join(', ')}` : 'it names none';
      tell({
        rule: 'unknown-port',
        path: [...path, field, handler, 'port'],
        message: `is ${port}, which is no port of the container: ${known}`,
      });
    }
  }
}

export const resources: TypeRule = ({ requests, limits }, path, tell) => {
  const most = record(limits);
  for (const [key, amount] of Object.entries(record(requests))) {
    const [asked, allowed] = [parseQuantity(amount), parseQuantity(most[key])];
    if (asked !== undefined && allowed !== undefined && asked > allowed)
      tell({
        rule: 'resources',
        path: [...path, 'requests', key],
        message: `is ${amount}, more than the limit of ${most[key]}`,
      });
  }
};

export const probe: TypeRule = exactlyOne(['exec', 'httpGet', 'tcpSocket', 'grpc']);

export const envVar: TypeRule = ({ value, valueFrom }, path, tell) => {
  if (text(value) && valueFrom)
    tell({ rule: 'one-of', path: [...path, 'valueFrom'], message: 'cannot be set beside value' });
};

export const envVarSource: TypeRule = exactlyOne([
  'fieldRef',
  'resourceFieldRef',
  'configMapKeyRef',
  'secretKeyRef',
  'fileKeyRef',
]);

export const volume: TypeRule = (value, path, tell) => {
  const sources = Object.keys(value).filter((field) => field !== 'name' && (value[field] ?? null) !== null);
  if (sources.length === 0)
    tell({
      severity: 'warning',
      rule: 'one-of',
      path,
      message: 'says not what it holds, and becomes an emptyDir',
    });
  if (sources.length > 1)
    tell({ rule: 'one-of', path: [...path, sources[1]!], message: `cannot be set beside ${sources[0]}` });
};

/** Of these fields one is set, and no more. */
export function exactlyOne(fields: readonly string[]): TypeRule {
  return (value, path, tell) => {
    const set = fields.filter((field) => (value[field] ?? null) !== null);
    if (set.length === 0) tell({ rule: 'one-of', path, message: `must have one of ${fields.join(', ')}` });
    if (set.length > 1)
      tell({ rule: 'one-of', path: [...path, set[1]!], message: `cannot be set beside ${set[0]}` });
  };
}
