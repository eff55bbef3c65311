import { nearest } from '../core/suggest.ts';
import type { Path, Position, YamlDocument } from '../core/yaml-document.ts';
import type { SchemaError } from './schema-validator.ts';

/** A schema error in words, at the place to correct; undefined for one that only repeats another. */
export function explainSchemaError(
  error: SchemaError,
  document: YamlDocument,
): { message: string; position: Position } | undefined {
  const path = error.instancePath.split('/').slice(1).map(unescapePointer);
  if (error.propertyName !== undefined) {
    const message = `"${error.propertyName}" ${error.parentSchema.patternErrorMessage}`;
    return { message, position: document.keyPosition([...path, error.propertyName]) };
  }
  if (error.keyword === 'propertyNames') return undefined;
  if (error.keyword === 'additionalProperties') {
    const key = String(error.params.additionalProperty);
    return { message: unknownKey(key, path, error), position: document.keyPosition([...path, key]) };
  }
  return { message: explain(error, path), position: document.position(path) };
}

function unknownKey(key: string, path: Path, error: SchemaError): string {
  const known = Object.keys(error.parentSchema.properties ?? {});
  const meant = nearest(key, known);
  const help = meant ? `did you mean "${meant}"?` : `known are ${known.join(', ')}`;
  return `unknown key "${key}"${path.length > 0 ? ` in ${pathText(path)}` : ''}; ${help}`;
}

function explain({ keyword, params, parentSchema, data }: SchemaError, path: Path): string {
  const subject = path.length > 0 ? pathText(path) : 'the file';
  // What is written below env may be a password in the wrong place.
  const given = path.includes('env') && typeof data !== 'object' ? 'what is written' : shown(data);
  switch (keyword) {
    case 'required':
      return `${pathText([...path, String(params.missingProperty)])} is missing`;
    case 'type':
      return `${subject} must be ${expectedType(params.type)}, not ${given}`;
    case 'const':
      return `${subject} must be ${shown(params.allowedValue)}, not ${shown(data)}`;
    case 'enum':
      return oneOf(subject, params.allowedValues as string[], data);
    case 'minimum':
    case 'maximum':
      return `${subject} must be from ${parentSchema.minimum} to ${parentSchema.maximum}, not ${shown(data)}`;
    case 'minItems':
    case 'minProperties':
      return `${subject} must not be empty`;
    case 'pattern':
      return `${subject} ${parentSchema.patternErrorMessage}, not ${given}`;
    default:
      throw new Error(`the schema keyword "${keyword}" has no explanation`);
  }
}

function oneOf(subject: string, allowed: readonly string[], data: unknown): string {
  const meant = typeof data === 'string' ? nearest(data, allowed) : undefined;
  const help = meant ? `; did you mean "${meant}"?` : '';
  return `${subject} must be one of ${allowed.join(', ')}, not ${shown(data)}${help}`;
}

const typeNames: Readonly<Record<string, string>> = {
  object: 'a mapping',
  array: 'a list',
  string: 'text',
  integer: 'a whole number',
  number: 'a number',
};

function expectedType(type: unknown): string {
  if (Array.isArray(type))
    return type.includes('object') ? 'a value or {secret: name/key}' : 'a single value';
  return typeNames[String(type)]!;
}

function shown(data: unknown): string {
  if (data === null || data === undefined) return 'empty';
  if (Array.isArray(data)) return 'a list';
  if (typeof data === 'object') return 'a mapping';
  const text = JSON.stringify(data);
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}

function pathText(path: Path): string {
  return path
    .map((step, index) => (/^\d+$/.test(String(step)) ? `[${step}]` : `${index ? '.' : ''}${step}`))
    .join('');
}

function unescapePointer(segment: string): string {
  return segment.replaceAll('~1', '/').replaceAll('~0', '~');
}
