import type { FieldChange } from '../core/change.ts';
import { isRecord } from '../core/is-record.ts';
import {
  type PlanRequest,
  planFormat,
  type SavedPlan,
  type SealedBasis,
  type SealedChange,
} from './saved-plan.ts';

/** Why a text is no saved plan. `kind`: of another format or damaged, or of a version that a newer program writes. */
export interface Unreadable {
  kind: 'foreign' | 'damaged' | 'version';
  why: string;
}

/** The plan that a file holds. What it does not know is left out. */
export function readSavedPlan(text: string): SavedPlan | Unreadable {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    // The parser's own words repeat a piece of the file, which may be another one with secrets in it.
    return { kind: 'damaged', why: 'it is not JSON, or a part of it is missing' };
  }
  if (!isRecord(document)) return { kind: 'foreign', why: 'it holds no JSON object' };
  if (document.command === 'plan' && document.format === undefined)
    return { kind: 'foreign', why: 'it is what -o json prints; --out saves a plan' };
  if (document.format !== planFormat)
    return { kind: 'foreign', why: `its format is ${shown(document.format)}, not ${shown(planFormat)}` };
  if (document.version !== 1)
    return {
      kind: 'version',
      why: `its version is ${shown(document.version)}; this program knows version 1`,
    };
  try {
    return savedPlan(document);
  } catch (error) {
    if (!(error instanceof Misshapen)) throw error;
    return { kind: 'damaged', why: error.message };
  }
}

class Misshapen extends Error {}

type Fields = Record<string, unknown>;

function savedPlan(document: Fields): SavedPlan {
  const made = map(document, 'made', '');
  const salt = text(document, 'salt', '');
  if (!/^[0-9a-f]{64}$/.test(salt)) throw new Misshapen('salt is not 64 hexadecimal digits');
  const changes = list(document, 'changes', '').map((one, index) => change(one, `changes[${index}]`));
  const ids = new Set(changes.map(({ id }) => id));
  if (ids.size < changes.length) throw new Misshapen('changes has an id twice');
  return {
    format: planFormat,
    version: 1,
    app: text(document, 'app', ''),
    environment: text(document, 'environment', ''),
    place: text(document, 'place', ''),
    made: { at: text(made, 'at', 'made'), by: text(made, 'by', 'made') },
    asked: request(map(document, 'asked', '')),
    salt,
    ...optional(document, 'placeId', ''),
    artifacts: texts(map(document, 'artifacts', '')),
    changes,
  };
}

function request(asked: Fields): PlanRequest {
  const names = (key: string) => list(asked, key, 'asked').map((one) => string(one, `asked.${key}`));
  return {
    services: names('services'),
    ...optional(asked, 'environment', 'asked'),
    ...optional(asked, 'manifests', 'asked'),
    ...(asked.recursive === true ? { recursive: true } : {}),
    ...optional(asked, 'app', 'asked'),
    ...optional(asked, 'namespace', 'asked'),
    ...optional(asked, 'context', 'asked'),
    forceConflicts: names('forceConflicts'),
    replace: names('replace'),
    pruneKind: names('pruneKind'),
    pullSecret: asked.pullSecret === true,
  };
}

const actions = ['create', 'update', 'replace', 'remove', 'none'] as const;

function change(value: unknown, at: string): SealedChange {
  const one = asMap(value, at);
  const action = actions.find((known) => known === one.action);
  if (!action) throw new Misshapen(`${at}.action is ${shown(one.action)}`);
  const bookkeeping = one.bookkeeping === true;
  return {
    id: text(one, 'id', at),
    action,
    fields: list(one, 'fields', at).map((field, index) => fieldChange(field, `${at}.fields[${index}]`)),
    ...optional(one, 'note', at),
    ...optional(one, 'service', at),
    after: list(one, 'after', at).map((id) => string(id, `${at}.after`)),
    ...(bookkeeping ? { bookkeeping } : { basis: basis(map(one, 'basis', at), `${at}.basis`) }),
  };
}

function fieldChange(value: unknown, at: string): FieldChange {
  const field = asMap(value, at);
  return {
    path: text(field, 'path', at),
    ...optional(field, 'before', at),
    ...optional(field, 'after', at),
    ...(field.secret === true ? { secret: true } : {}),
  };
}

function basis(value: Fields, at: string): SealedBasis {
  return {
    ...optional(value, 'uid', at),
    wanted: text(value, 'wanted', at),
    ...optional(value, 'found', at),
  };
}

function texts(record: Fields): Record<string, string> {
  const entries = Object.entries(record).map(([key, value]) => [key, string(value, `artifacts.${key}`)]);
  return Object.fromEntries(entries);
}

function optional<K extends string>(from: Fields, key: K, at: string): { [key in K]?: string } {
  return from[key] === undefined ? {} : ({ [key]: text(from, key, at) } as { [key in K]: string });
}

function text(from: Fields, key: string, at: string): string {
  return string(from[key], at ? `${at}.${key}` : key);
}

function string(value: unknown, at: string): string {
  if (typeof value !== 'string') throw new Misshapen(`${at} is ${shown(value)}, not a text`);
  return value;
}

function list(from: Fields, key: string, at: string): readonly unknown[] {
  const value = from[key];
  if (!Array.isArray(value))
    throw new Misshapen(`${at ? `${at}.${key}` : key} is ${shown(value)}, not a list`);
  return value;
}

function map(from: Fields, key: string, at: string): Fields {
  return asMap(from[key], at ? `${at}.${key}` : key);
}

function asMap(value: unknown, at: string): Fields {
  if (!isRecord(value)) throw new Misshapen(`${at} is ${shown(value)}, not an object`);
  return value;
}

function shown(value: unknown): string {
  if (value === undefined) return 'missing';
  const json = JSON.stringify(value);
  return json.length > 40 ? `${json.slice(0, 40)}…` : json;
}
