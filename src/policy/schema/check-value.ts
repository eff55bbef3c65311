import { isRecord } from '../../core/is-record.ts';
import { nearest } from '../../core/suggest.ts';
import type { Path } from '../../core/yaml-document.ts';
import type { Tell } from '../finding.ts';
import { type Json, kindOfValue } from '../json.ts';
import type { ApiSchema } from './api-schema.ts';
import type { FieldType, ListKey } from './field-types.ts';
import { isEnforced } from './required-fields.ts';
import { quote, type Scalar, scalarProblem } from './scalars.ts';

/** What else is judged of an object of a type, once its own fields have been. */
export type TypeRule = (value: Json, path: Path, tell: Tell) => void;

export interface SchemaChecks {
  schema: ApiSchema;
  /** By type. */
  rules: ReadonlyMap<string, readonly TypeRule[]>;
  tell: Tell;
  /** Tells only of values of the wrong kind: what a custom kind makes of a pod template is its own business. */
  shapeOnly?: boolean;
}

/** Judges a value, and all within it, by what its type may hold. A null is nothing, as it is to the API server. */
export function checkValue(value: unknown, type: FieldType, path: Path, checks: SchemaChecks): void {
  if (type.is === 'object') checkObject(value, type.name, path, checks);
  else if (type.is === 'list') checkList(value, type, path, checks);
  else if (type.is === 'map') checkMap(value, type.of, path, checks);
  else if (type.is === 'scalar') checkScalar(value, type.scalar, path, checks);
  else if (type.is === 'enum') checkEnum(value, type.values, path, checks);
}

function checkScalar(value: unknown, scalar: Scalar, path: Path, { tell }: SchemaChecks): void {
  const message = scalarProblem(scalar, value);
  if (message) tell({ rule: 'wrong-type', path, message });
}

function checkEnum(value: unknown, values: readonly string[], path: Path, checks: SchemaChecks): void {
  checkScalar(value, 'string', path, checks);
  if (typeof value === 'string' && value !== '' && !values.includes(value) && !checks.shapeOnly)
    checks.tell({ rule: 'unknown-value', path, message: unknownValue(value, values) });
}

function checkMap(value: unknown, of: FieldType, path: Path, checks: SchemaChecks): void {
  if (!isRecord(value)) {
    checks.tell({ rule: 'wrong-type', path, message: `must be an object, is ${kindOfValue(value)}` });
    return;
  }
  for (const [key, child] of Object.entries(value)) {
    const sound = child === null || (of.is === 'scalar' && !scalarProblem(of.scalar, child));
    if (!sound) checkValue(child, of, [...path, key], checks);
  }
}

function checkObject(value: unknown, type: string, path: Path, checks: SchemaChecks): void {
  const { schema, rules, tell, shapeOnly } = checks;
  if (!isRecord(value)) {
    tell({ rule: 'wrong-type', path, message: `must be an object, is ${kindOfValue(value)}` });
    return;
  }
  const fields = schema.fields(type);
  for (const [name, child] of Object.entries(value)) {
    const field = fields.get(name);
    if (field) {
      // Most fields are sound scalars: their path is not worth making.
      const sound =
        child === null || (field.type.is === 'scalar' && !scalarProblem(field.type.scalar, child));
      if (!sound) checkValue(child, field.type, [...path, name], checks);
    } else if (!shapeOnly) {
      tell({ rule: 'unknown-field', path: [...path, name], message: unknownField(name, [...fields.keys()]) });
    }
  }
  if (shapeOnly) return;
  for (const [name, field] of fields) {
    if ((value[name] ?? null) === null && isEnforced(type, name, field))
      tell({ rule: 'missing-field', path: [...path, name], message: 'is missing' });
  }
  for (const rule of rules.get(type) ?? []) rule(value, path, tell);
}

function checkList(value: unknown, type: FieldType & { is: 'list' }, path: Path, checks: SchemaChecks): void {
  const { tell, shapeOnly } = checks;
  if (!Array.isArray(value)) {
    tell({ rule: 'wrong-type', path, message: `must be a list, is ${kindOfValue(value)}` });
    return;
  }
  for (const [index, item] of (value as unknown[]).entries()) {
    const here = [...path, index];
    if (item !== null) checkValue(item, type.of, here, checks);
    else if (type.set || type.keys.length > 0)
      tell({ rule: 'wrong-type', path: here, message: 'is nothing, which this list cannot hold' });
    else if (type.of.is === 'object') checkValue({}, type.of, here, checks);
  }
  if (shapeOnly) return;
  const seen = new Map<string, number>();
  for (const [index, item] of (value as unknown[]).entries()) {
    const key = type.set ? String(item) : listKeyOf(item, type.keys);
    if (key === undefined) continue;
    const first = seen.get(key);
    if (first === undefined) seen.set(key, index);
    else
      tell({
        rule: 'duplicate-item',
        path: [...path, index],
        message: `${key} is in the list more than once`,
      });
  }
}

/** What tells an item from the others, e.g. `8080/TCP`; undefined where it cannot be told. */
function listKeyOf(item: unknown, keys: readonly ListKey[]): string | undefined {
  if (keys.length === 0 || !isRecord(item)) return undefined;
  const values = keys.map(({ field, default: fallback }) =>
    item[field] === undefined ? fallback : item[field],
  );
  if (values.every((value) => value === undefined)) return undefined;
  return values.map((value) => value ?? '').join('/');
}

function unknownField(name: string, known: readonly string[]): string {
  const meant = known.find((one) => one.toLowerCase() === name.toLowerCase()) ?? nearest(name, known);
  return meant ? `is an unknown field, did you mean ${meant}?` : 'is an unknown field';
}

function unknownValue(value: string, values: readonly string[]): string {
  const meant = values.find((one) => one.toLowerCase() === value.toLowerCase()) ?? nearest(value, values);
  const choice = values.filter(Boolean);
  const shown = choice.length > 8 ? `${choice.slice(0, 8).join(', ')}, ...` : choice.join(', ');
  return `is ${quote(value)}, must be one of ${shown}${meant ? `; did you mean ${meant}?` : ''}`;
}
