import { isRecord } from '../../core/is-record.ts';
import { type Json, list, record } from '../json.ts';
import { typeProblem } from './custom-resources.ts';

/** Which constraint of an OpenAPI schema, beside its type and its fields, a value breaks; without the value. Of formats only times are judged, CEL rules are not. */
export function constraintProblem(value: unknown, schema: Json): string | undefined {
  if (Array.isArray(schema.enum) && !schema.enum.some((one) => same(one, value)))
    return `must be one of ${schema.enum.join(', ')}`;
  if (typeof value === 'number') return numberProblem(value, schema);
  if (typeof value === 'string') return textProblem(value, schema) ?? combined(value, schema);
  if (Array.isArray(value)) return countProblem(value.length, schema, 'Items') ?? combined(value, schema);
  if (isRecord(value))
    return countProblem(Object.keys(value).length, schema, 'Properties') ?? combined(value, schema);
  return combined(value, schema);
}

function numberProblem(value: number, schema: Json): string | undefined {
  const { minimum, maximum, multipleOf, exclusiveMinimum, exclusiveMaximum } = schema;
  if (typeof minimum === 'number' && (value < minimum || (exclusiveMinimum === true && value === minimum)))
    return `must be ${exclusiveMinimum === true ? 'more than' : 'at least'} ${minimum}`;
  if (typeof maximum === 'number' && (value > maximum || (exclusiveMaximum === true && value === maximum)))
    return `must be ${exclusiveMaximum === true ? 'less than' : 'at most'} ${maximum}`;
  if (typeof multipleOf === 'number' && !Number.isInteger(value / multipleOf))
    return `must be a multiple of ${multipleOf}`;
  return combined(value, schema);
}

function textProblem(value: string, schema: Json): string | undefined {
  const { pattern, format } = schema;
  const length = countProblem([...value].length, schema, 'Length');
  if (length) return length;
  if (format === 'date-time' && !/^\d{4}-\d\d-\d\d/.test(value))
    return 'must be a time such as 2026-01-31T12:00:00Z';
  return typeof pattern === 'string' && matches(pattern, value) === false
    ? `must match ${pattern}`
    : undefined;
}

/** Undefined for a pattern of Go's that JavaScript does not have. */
function matches(pattern: string, value: string): boolean | undefined {
  try {
    return new RegExp(pattern, 'u').test(value);
  } catch {
    return undefined;
  }
}

function countProblem(
  count: number,
  schema: Json,
  what: 'Items' | 'Properties' | 'Length',
): string | undefined {
  const [least, most] = [schema[`min${what}`], schema[`max${what}`]];
  const unit = { Items: 'items', Properties: 'fields', Length: 'characters' }[what];
  if (typeof least === 'number' && count < least) return `must have at least ${least} ${unit}, has ${count}`;
  return typeof most === 'number' && count > most
    ? `must have at most ${most} ${unit}, has ${count}`
    : undefined;
}

function combined(value: unknown, { allOf, anyOf, oneOf, not }: Json): string | undefined {
  const fitting = (schemas: unknown) => list(schemas).filter((schema) => fits(value, record(schema))).length;
  if (Array.isArray(allOf) && fitting(allOf) < allOf.length)
    return 'must be all that its definition asks (allOf)';
  if (Array.isArray(anyOf) && fitting(anyOf) === 0)
    return 'must be one of what its definition allows (anyOf)';
  if (Array.isArray(oneOf) && fitting(oneOf) !== 1)
    return 'must be exactly one of what its definition allows (oneOf)';
  return isRecord(not) && fits(value, not) ? 'must not be what its definition forbids (not)' : undefined;
}

/** Whether a value is all that a schema within allOf, anyOf, oneOf or not asks. */
function fits(value: unknown, schema: Json): boolean {
  if (typeProblem(value, schema) || constraintProblem(value, schema)) return false;
  if (Array.isArray(value))
    return !isRecord(schema.items) || value.every((item) => fits(item, record(schema.items)));
  if (!isRecord(value)) return true;
  const { required, properties } = schema;
  return (
    list(required).every((name) => String(name) in value) &&
    Object.entries(record(properties)).every(
      ([name, child]) => !(name in value) || fits(value[name], record(child)),
    )
  );
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
