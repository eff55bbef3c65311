import { isRecord } from '../../core/is-record.ts';
import type { KubernetesObject } from '../../core/kubernetes-object.ts';
import { nearest } from '../../core/suggest.ts';
import type { Path } from '../../core/yaml-document.ts';
import type { Tell } from '../finding.ts';
import { type Json, kindOfValue, list, record, records, text } from '../json.ts';
import { kindKey } from '../workloads.ts';
import { constraintProblem } from './constraints.ts';

/** A version of a kind that a CustomResourceDefinition of the input brings. */
export interface CustomKind {
  namespaced: boolean;
  /** OpenAPI v3. */
  schema: Json;
}

/** By `group/version kind`; versions that are not served, or without a schema, are none. */
export function customKinds(objects: readonly KubernetesObject[]): ReadonlyMap<string, CustomKind> {
  const kinds = new Map<string, CustomKind>();
  for (const object of objects.filter(isDefinition)) {
    const { group, names, scope, versions } = record(object.spec);
    for (const { item } of records(versions)) {
      const { openAPIV3Schema: schema } = record(item.schema);
      if (item.served === true && isRecord(schema))
        kinds.set(`${group}/${item.name} ${record(names).kind}`, {
          namespaced: scope === 'Namespaced',
          schema,
        });
    }
  }
  return kinds;
}

/** What every CustomResourceDefinition must be. */
export function checkDefinition(object: KubernetesObject, tell: Tell): void {
  if (!isDefinition(object)) return;
  const { group, names, versions } = record(object.spec);
  const { plural } = record(names);
  if (text(group) && text(plural) && object.metadata.name !== `${plural}.${group}`)
    tell({ rule: 'name', path: ['metadata', 'name'], message: `must be ${plural}.${group}` });
  const stored = records(versions).filter(({ item }) => item.storage === true);
  if (records(versions).length > 0 && stored.length !== 1)
    tell({
      rule: 'definition',
      path: ['spec', 'versions'],
      message: `must have one version with storage: true, has ${stored.length}`,
    });
  for (const { item, index } of records(versions)) {
    if (!isRecord(record(item.schema).openAPIV3Schema))
      tell({
        rule: 'missing-field',
        path: ['spec', 'versions', index, 'schema', 'openAPIV3Schema'],
        message: 'is missing',
      });
  }
}

function isDefinition(object: KubernetesObject): boolean {
  return kindKey(object) === 'CustomResourceDefinition.apiextensions.k8s.io';
}

/** Judges a custom resource by the schema of its kind. */
export function checkCustomResource(object: KubernetesObject, { schema }: CustomKind, tell: Tell): void {
  const own = { apiVersion: {}, kind: {}, metadata: preserving };
  checkBySchema(object, { ...schema, properties: { ...record(schema.properties), ...own } }, [], tell);
}

const preserving = { 'x-kubernetes-preserve-unknown-fields': true };

function checkBySchema(value: unknown, schema: Json, path: Path, tell: Tell): void {
  const allowsNull = schema.nullable === true || schema.default !== undefined;
  if (value === null && allowsNull) return;
  const mismatch = value === null ? 'must not be null' : typeProblem(value, schema);
  if (mismatch) {
    tell({ rule: 'wrong-type', path, message: mismatch });
    return;
  }
  const broken = constraintProblem(value, schema);
  if (broken) tell({ rule: 'custom-schema', path, message: broken });
  if (Array.isArray(value)) checkItems(value as unknown[], schema, path, tell);
  else if (isRecord(value)) checkFields(value, schema, path, tell);
}

/** Why a value is of none of the types that a schema allows. */
export function typeProblem(value: unknown, { type, ...schema }: Json): string | undefined {
  if (schema['x-kubernetes-int-or-string'] === true)
    return Number.isInteger(value) || typeof value === 'string'
      ? undefined
      : `must be a whole number or text, is ${kindOfValue(value)}`;
  const sound: Record<string, boolean> = {
    object: isRecord(value),
    array: Array.isArray(value),
    string: typeof value === 'string',
    boolean: typeof value === 'boolean',
    integer: Number.isInteger(value),
    number: typeof value === 'number',
  };
  if (typeof type !== 'string' || sound[type] !== false) return undefined;
  const names: Record<string, string> = {
    object: 'an object',
    array: 'a list',
    string: 'text',
    boolean: 'true or false',
    integer: 'a whole number',
    number: 'a number',
  };
  return `must be ${names[type]}, is ${kindOfValue(value)}`;
}

function checkFields(value: Json, schema: Json, path: Path, tell: Tell): void {
  const embedded = schema['x-kubernetes-embedded-resource'] === true;
  const properties = { ...(embedded ? embeddedFields : {}), ...record(schema.properties) };
  const required = [...list(schema.required), ...(embedded ? ['apiVersion', 'kind'] : [])];
  const { additionalProperties: others } = schema;
  const open = schema['x-kubernetes-preserve-unknown-fields'] === true || others === true;
  for (const [name, child] of Object.entries(value)) {
    const here = [...path, name];
    if (isRecord(properties[name])) {
      checkBySchema(child, properties[name], here, tell);
    } else if (isRecord(others)) {
      checkBySchema(child, others, here, tell);
    } else if (!open) {
      const meant = nearest(name, Object.keys(properties));
      const message = meant ? `is an unknown field, did you mean ${meant}?` : 'is an unknown field';
      tell({ rule: 'unknown-field', path: here, message });
    }
  }
  for (const name of required.map(String)) {
    if (value[name] === undefined && record(properties[name]).default === undefined)
      tell({ rule: 'missing-field', path: [...path, name], message: 'is missing' });
  }
}

const embeddedFields: Readonly<Record<string, Json>> = {
  apiVersion: { type: 'string', minLength: 1 },
  kind: { type: 'string', minLength: 1 },
  metadata: { type: 'object', nullable: true, ...preserving },
};

function checkItems(items: readonly unknown[], schema: Json, path: Path, tell: Tell): void {
  if (isRecord(schema.items)) {
    for (const [index, item] of items.entries()) checkBySchema(item, schema.items, [...path, index], tell);
  }
  const type = schema['x-kubernetes-list-type'];
  if (type !== 'map' && type !== 'set') return;
  const keys = list(schema['x-kubernetes-list-map-keys']).map(String);
  const seen = new Set<string>();
  for (const [index, item] of items.entries()) {
    const parts =
      type === 'set'
        ? [item]
        : keys.map(
            (key) => record(item)[key] ?? record(record(record(schema.items).properties)[key]).default,
          );
    const key = JSON.stringify(parts);
    if (seen.has(key))
      tell({
        rule: 'duplicate-item',
        path: [...path, index],
        message: `${parts.join('/')} is in the list more than once`,
      });
    seen.add(key);
  }
}
