import { type FieldType, parseFields } from './field-types.ts';

/** The facts about built-in kinds, as the generator writes them. */
interface ApiDocument {
  /** Minor versions of Kubernetes that they cover. */
  from: number;
  to: number;
  kinds: Record<string, Record<string, { type: string; cluster?: boolean; since?: number }>>;
  retired: Record<string, Record<string, Retired>>;
  types: Record<string, string>;
}

/** An API version of a kind that is gone, or said to go; minor versions of Kubernetes. `use` takes its place. */
export interface Retired {
  deprecated?: number;
  removed?: number;
  use?: string;
}

export interface Field {
  type: FieldType;
  required: boolean;
}

export interface ApiSchema {
  readonly from: number;
  readonly to: number;
  /** Kinds of an API version; undefined when no built-in kind has it. */
  kinds(apiVersion: string): readonly string[] | undefined;
  kind(apiVersion: string, kind: string): { type: string; namespaced: boolean } | undefined;
  retired(apiVersion: string, kind: string): Retired | undefined;
  /** API versions, beginning with the most stable, that have the kind. */
  versionsOf(kind: string): readonly string[];
  /** Kinds of all API versions. */
  allKinds(): readonly string[];
  groups(): ReadonlySet<string>;
  fields(type: string): ReadonlyMap<string, Field>;
}

let loaded: Promise<ApiSchema> | undefined;

/** Reads the facts at the first call. */
export function loadApiSchema(): Promise<ApiSchema> {
  loaded ??= import('./kubernetes-api.json', { with: { type: 'json' } }).then(({ default: document }) =>
    createApiSchema(document as ApiDocument),
  );
  return loaded;
}

function createApiSchema({ from, to, kinds, retired, types }: ApiDocument): ApiSchema {
  const parsed = new Map<string, ReadonlyMap<string, Field>>();
  const own = <T>(table: Record<string, T>, key: string): T | undefined =>
    Object.hasOwn(table, key) ? table[key] : undefined;
  const versions = Object.keys(kinds).sort((a, b) => stability(b) - stability(a));
  return {
    from,
    to,
    kinds: (apiVersion) => {
      const found = own(kinds, apiVersion);
      return found && Object.keys(found);
    },
    kind: (apiVersion, kind) => {
      const found = own(own(kinds, apiVersion) ?? {}, kind);
      return found && { type: found.type, namespaced: !found.cluster };
    },
    retired: (apiVersion, kind) => own(own(retired, apiVersion) ?? {}, kind),
    versionsOf: (kind) => versions.filter((version) => Object.hasOwn(kinds[version]!, kind)),
    allKinds: () => [...new Set(Object.values(kinds).flatMap((some) => Object.keys(some)))],
    groups: () => new Set(versions.map((version) => (version.includes('/') ? version.split('/')[0]! : ''))),
    fields: (type) => {
      let fields = parsed.get(type);
      if (!fields) {
        fields = parseFields(types[type]!);
        parsed.set(type, fields);
      }
      return fields;
    },
  };
}

function stability(version: string): number {
  return version.includes('alpha') ? 0 : version.includes('beta') ? 1 : 2;
}
