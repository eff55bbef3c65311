/** What a plan does with one resource. `replace` removes and creates; `none` is already as desired. */
export type Action = 'create' | 'update' | 'replace' | 'remove' | 'none';

/** One field that would change. A secret's values are never in it. */
export interface FieldChange {
  path: string;
  before?: string;
  after?: string;
  secret?: boolean;
}

export interface Change {
  /** `Kind/name`, unique in its plan, e.g. `Process/orders`, `Deployment/orders`, `Network/shop-docker`. */
  id: string;
  action: Action;
  fields: readonly FieldChange[];
  /** Why, where the fields do not say it: `removed by someone`, `not running (killed)`. */
  note?: string;
  /** The service it belongs to; undefined for what the app's services share (a network, a namespace). */
  service?: string;
  /** Ids of changes that must be applied and ready before this one; all are in the same plan. */
  after: readonly string[];
  /** The place's own notes of what it holds: neither shown nor counted beside changes of the app itself. */
  bookkeeping?: true;
  /** It stays although nothing wants it any more: the note tells why. */
  unwanted?: true;
  /** Of a removal: the id of what takes its place in the same plan. */
  successor?: string;
  /** What the target needs to apply it: JSON, owned by the target's adapter. */
  desired?: unknown;
}

/** A document: what would make the observed equal to the desired. */
export interface Plan {
  version: 1;
  app: string;
  environment: string;
  /** The place in words, as the target describes itself. */
  place: string;
  changes: readonly Change[];
  /** What the place could not tell, or a person should know, although it stops nothing. */
  warnings?: readonly string[];
}
