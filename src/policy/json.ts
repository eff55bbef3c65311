import { isRecord } from '../core/is-record.ts';

export type Json = Record<string, unknown>;

/** The value where it is an object, else an empty one: what is misshapen has been told by the schema. */
export function record(value: unknown): Json {
  return isRecord(value) ? value : {};
}

/** The items where it is a list, else none. */
export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The objects of a list, each with its index. */
export function records(value: unknown): { item: Json; index: number }[] {
  return list(value).flatMap((item, index) => (isRecord(item) ? [{ item, index }] : []));
}

export function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** What stands there, without saying what it is: it may be a password. */
export function kindOfValue(value: unknown): string {
  if (value === null) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  return {
    object: 'an object',
    string: 'text',
    number: 'a number',
    boolean: 'true or false',
  }[typeof value as 'object' | 'string' | 'number' | 'boolean'];
}
