/** What a plan was computed from. It may hold values of secrets, so it is only ever kept as salted hashes. */
export interface Basis {
  /** What tells the place from another of the same name; absent where that cannot be seen. */
  place?: string;
  /** By the ids of the plan's changes; without those of bookkeeping. */
  changes: ReadonlyMap<string, ChangeBasis>;
}

/** All of it is JSON. */
export interface ChangeBasis {
  /** Of what is there: nothing else ever has it. */
  uid?: string;
  /** What the files want, without what moves by itself. */
  wanted: unknown;
  /** Of what is there, all that the change would alter or take away. */
  found?: unknown;
}
