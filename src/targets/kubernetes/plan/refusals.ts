import { badManifests } from '../../../core/bad-manifests.ts';
import { ExpectedError } from '../../../core/errors.ts';
import { type KubernetesObject, type Manifest, manifestAt } from '../../../core/kubernetes-object.ts';
import type { ApiError } from '../api/api-error.ts';
import { conflictError, type FieldConflict } from './conflicts.ts';
import { declaredChanges } from './declared-changes.ts';

/** Why an object cannot be applied: lines about its manifest (with their place, and the server's words alone), fields of others, or an error of its own. */
export type Refusal =
  | { problems: readonly string[]; words: readonly string[] }
  | { fields: readonly FieldConflict[] }
  | { conflict: ExpectedError };

const shownFields = 5;

/** Sorts what the server answered to a dry run. */
export function refusal(
  error: ApiError,
  desired: Manifest & { id: string; live?: KubernetesObject; conflicts: readonly FieldConflict[] },
): Refusal {
  const { id, live, conflicts, object } = desired;
  if (conflicts.length > 0) {
    const theirs = conflicts.filter(({ byHand }) => !byHand);
    return { fields: theirs.length > 0 ? theirs : adopting(conflicts) };
  }
  if (live && isImmutable(error)) return { conflict: immutable(error, { ...desired, live }, id) };
  const words = serverWords(error, object);
  return { problems: words.map((line) => `${manifestAt(desired)}: ${line}`), words };
}

/** All refusals of a plan as one error: wrong manifests first, then what stands in the way. */
export function refusalError(refusals: readonly Refusal[]): ExpectedError {
  const problems = refusals.flatMap((one) => ('problems' in one ? one.problems : []));
  if (problems.length > 0) return badManifests(problems);
  const own = refusals.flatMap((one) => ('conflict' in one ? [one.conflict] : []));
  if (own.length > 0) return own[0]!;
  return conflictError(refusals.flatMap((one) => ('fields' in one ? one.fields : [])));
}

/** Set by hand, but on an object that cloudnative never applied: nobody has said that it may be taken over. */
function adopting(conflicts: readonly FieldConflict[]): FieldConflict[] {
  return conflicts.map((conflict) => ({ ...conflict, byHand: false, adopting: true }));
}

/** Whether the server refuses the change of a field, and not the field. */
export function isImmutable({ message }: ApiError): boolean {
  return /immutable|(may not|cannot) (be changed|change)|updates to .+ forbidden/i.test(message);
}

/** With a namespace or a definition goes all that is in it or of it: those are never made anew. */
export function isReplaceable({ kind }: KubernetesObject): boolean {
  return kind !== 'Namespace' && kind !== 'CustomResourceDefinition';
}

function immutable(
  error: ApiError,
  desired: Manifest & { live: KubernetesObject },
  id: string,
): ExpectedError {
  const fields = [...new Set(error.causes.flatMap(({ field }) => field ?? []))].sort();
  // The server quotes the whole field, or how it differs, in the notation of its own language.
  const words = serverWords(error, desired.object).map((text) =>
    text.replace(/Invalid value: .{80,}: /s, '').replace(/\n.*/s, ''),
  );
  return new ExpectedError({
    code: 'E_IMMUTABLE',
    exit: 'conflict',
    message: `${id} cannot be changed: ${fields.join(', ') || 'a field'} is fixed when it is created`,
    where: manifestAt(desired),
    why: [...words, ...within(fields, desired)],
    hints: [
      'keep the field as it is, or give the object another name',
      ...(isReplaceable(desired.object)
        ? [`or have it deleted and made anew, which interrupts what it does: --replace ${id}`]
        : []),
    ],
  });
}

/** What the manifest changes in these fields, a line each. */
function within(
  fields: readonly string[],
  { object, live }: { object: KubernetesObject; live: KubernetesObject },
) {
  if (object.kind === 'Secret') return [];
  const changes = declaredChanges(live, object).filter(({ path }) =>
    fields.some((field) => path.startsWith(`${field}.`)),
  );
  const told = changes
    .slice(0, shownFields)
    .map(({ path, before, after }) => `${path}: ${before ?? 'nothing'} → ${after ?? 'nothing'}`);
  return changes.length > told.length ? [...told, `and ${changes.length - told.length} more`] : told;
}

/** E_REFUSED (1). */
export function removalRefused(error: ApiError, path: string, id: string): ExpectedError {
  return new ExpectedError({
    code: 'E_REFUSED',
    exit: 'failure',
    message: `the cluster refused to remove ${id}`,
    where: id,
    why: removalRefusal(error, path),
    hints: [
      'repeat the command when that is settled: what is still there stays recorded, and is tried again',
    ],
  });
}

/** Why the server does not remove what is at the path. What a rule says of a Secret may quote it: then only which rule it is. */
function removalRefusal({ message }: ApiError, path: string): string {
  if (!/^\/api\/v1\/namespaces\/[^/]+\/secrets\//.test(path)) return message;
  const rule = /^.*? denied (the )?request(?=:)/s.exec(message)?.[0] ?? 'it does not let a Secret go';
  return `${rule}; its words are left out, since they may quote the Secret`;
}

/** The server's words without its preamble, a line for each field. Those about a Secret quote its values: of them only the fields stay. */
export function serverWords({ message, causes }: ApiError, { kind }: KubernetesObject): string[] {
  if (kind === 'Secret') {
    const fields = causes.flatMap(({ field }) => field ?? []);
    const named =
      fields.length > 0
        ? fields
        : [...message.matchAll(/\.(?:string)?[dD]ata[\w.-]*/g)].map(([path]) => path.slice(1));
    return [`the server does not accept ${[...new Set(named)].join(', ') || 'its data'}`];
  }
  const byField = causes.flatMap(({ field, message: words }) =>
    field && words ? [`${field}: ${words}`] : [],
  );
  if (byField.length > 0) return byField;
  return [
    message
      .replace(
        /^failed to (create typed patch|convert new) object \([^)]*\)(?: to proper version: unable to convert unstructured object to \S+ Kind=\w+)?: /,
        '',
      )
      .replace(/^\S+ "[^"]*" is invalid: /, '')
      .trim(),
  ];
}
