import type { Field } from './api-schema.ts';
import type { Scalar } from './scalars.ts';

/** What a field may hold. A list with `keys` holds objects that differ in them; of a `set` no item is there twice. */
export type FieldType =
  | { is: 'scalar'; scalar: Scalar }
  | { is: 'enum'; values: readonly string[] }
  | { is: 'object'; name: string }
  | { is: 'list'; of: FieldType; keys: readonly ListKey[]; set: boolean }
  | { is: 'map'; of: FieldType }
  | { is: 'any' };

/** A field that tells the items of a list apart, and what it is where it is left out. */
export interface ListKey {
  field: string;
  default?: string;
}

/** Reads the text of one type: `name!:string ports:[@ContainerPort#containerPort,protocol=TCP`, as the generator describes it. */
export function parseFields(text: string): ReadonlyMap<string, Field> {
  return new Map(
    text.split(' ').map((field) => {
      const colon = field.indexOf(':');
      const name = field.slice(0, colon);
      const required = name.endsWith('!');
      return [required ? name.slice(0, -1) : name, { required, type: parseType(field.slice(colon + 1)) }];
    }),
  );
}

function parseType(text: string): FieldType {
  const rest = text.slice(1);
  if (text === 'any') return { is: 'any' };
  if (text[0] === '@') return { is: 'object', name: rest };
  if (text[0] === '=') return { is: 'enum', values: rest.replaceAll('~', ' ').split('|') };
  if (text[0] === '{') return { is: 'map', of: parseType(rest) };
  if (text[0] !== '[') return { is: 'scalar', scalar: text as Scalar };
  const [item, keys] = rest.split('#');
  const set = item!.endsWith('%');
  const of = parseType(set ? item!.slice(0, -1) : item!);
  return { is: 'list', of, set, keys: keys === undefined ? [] : keys.split(',').map(parseKey) };
}

function parseKey(text: string): ListKey {
  const [field, fallback] = text.split('=');
  return fallback === undefined ? { field: field! } : { field: field!, default: fallback };
}
