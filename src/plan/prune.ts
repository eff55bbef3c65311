/** A thing that an earlier deploy made and noted, as it is found now. */
export interface Recorded {
  kind: string;
  service?: string;
  /** The place that it is in, such as a namespace, and the one that it is itself. */
  inside?: string;
  isPlace?: string;
  /** Undefined: there is nothing at its address any more. A text: why it cannot be looked at. */
  found: Found | string | undefined;
}

export interface Found {
  /** Unlike its address, nothing else ever has it. */
  uid: string;
  /** It is what was noted, not another that came in its place. */
  same: boolean;
  /** Whose it is by its own marks: `'this'` app's, or the name of another owner. */
  owner: string;
  /** Who else has charge of it, and ends it. */
  heldBy?: string;
  /** Its own marks ask to keep it: which. */
  keep?: string;
  /** Things of others that would go with it. */
  holds?: string;
}

export interface PruneScope {
  /** Undefined: all of the app. */
  services?: readonly string[];
  /** Of what stays wanted, under whatever name. */
  wanted: ReadonlySet<string>;
  /** Places that something wanted is in. */
  occupied: ReadonlySet<string>;
  /** Kinds that only go when `named`, each with what would be lost. */
  guarded: Readonly<Record<string, string>>;
  named: readonly string[];
}

/** `keep` stays noted and is looked at again by the next deploy; `forget` stays there too, but is no longer ours. */
export interface Outcome {
  do: 'remove' | 'keep' | 'forget';
  note?: string;
}

/** What becomes of things that are no longer wanted: removed, unless a rule says otherwise. In the order of the given ones. */
export function prune(recorded: readonly Recorded[], scope: PruneScope): Outcome[] {
  const first = recorded.map((one) => judge(one, scope));
  // A place goes only when everything else in it does.
  const stays = recorded.flatMap(({ inside }, index) =>
    inside !== undefined && first[index]!.do === 'keep' ? [inside] : [],
  );
  const occupied = new Set([...scope.occupied, ...stays]);
  return first.map((outcome, index) => {
    const { isPlace } = recorded[index]!;
    const isHome = outcome.do === 'remove' && isPlace !== undefined && occupied.has(isPlace);
    return isHome ? { do: 'keep', note: 'kept: there are objects in it that stay' } : outcome;
  });
}

/** Whether a deploy or removal of these services has anything to do with it. */
export function isInScope({ service }: Pick<Recorded, 'service'>, services?: readonly string[]): boolean {
  return !services || (service !== undefined && services.includes(service));
}

function judge(one: Recorded, scope: PruneScope): Outcome {
  if (!isInScope(one, scope.services)) return { do: 'keep' };
  if (one.found === undefined) return { do: 'forget' };
  if (typeof one.found === 'string') return { do: 'keep', note: `kept: ${one.found}` };
  for (const rule of rules) {
    const outcome = rule(one.found, one, scope);
    if (outcome) return outcome;
  }
  return { do: 'remove' };
}

type Rule = (found: Found, one: Recorded, scope: PruneScope) => Outcome | undefined;

const stillWanted: Rule = ({ uid }, _, { wanted }) =>
  wanted.has(uid) ? { do: 'forget', note: 'left: the manifests have it under another kind' } : undefined;

const anothers: Rule = ({ owner }) =>
  owner === 'this' ? undefined : { do: 'forget', note: `left: ${owner}` };

const notTheSame: Rule = ({ same }) =>
  same ? undefined : { do: 'forget', note: 'left: it is not the object that was deployed' };

const heldByOthers: Rule = ({ heldBy }) =>
  heldBy === undefined ? undefined : { do: 'keep', note: `kept: it belongs to ${heldBy}` };

const askedToKeep: Rule = ({ keep }) =>
  keep === undefined ? undefined : { do: 'keep', note: `kept: ${keep} says so` };

const guardedKind: Rule = (_, { kind }, { guarded, named }) =>
  guarded[kind] === undefined || named.includes(kind)
    ? undefined
    : { do: 'keep', note: `kept: ${guarded[kind]}; to remove it: --prune-kind ${kind}` };

const holdsOthers: Rule = ({ holds }) =>
  holds === undefined ? undefined : { do: 'keep', note: `kept: it holds ${holds}` };

/** The first that answers decides. */
const rules: readonly Rule[] = [
  stillWanted,
  anothers,
  notTheSame,
  heldByOthers,
  askedToKeep,
  guardedKind,
  holdsOthers,
];
