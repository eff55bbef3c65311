import type { Field } from './api-schema.ts';

/**
 * Whether the API server refuses an object for want of a field that the published schema calls required. It cannot tell a number or
 * a truth value that is left out from 0 or false; where it does not take 0 either, `neededFields` says so.
 */
export function isEnforced(type: string, name: string, { required, type: { is, ...of } }: Field): boolean {
  if (!required || unenforced.has(`${type}.${name}`)) return false;
  return !(is === 'scalar' && 'scalar' in of && zeroes.has(of.scalar));
}

const zeroes: ReadonlySet<string> = new Set(['bool', 'int32', 'int64', 'number']);

/** Found by leaving out every required field of the objects of the test's corpus, one at a time. */
export const unenforced: ReadonlySet<string> = new Set([
  'CSIDriver.spec',
  'EndpointSlice.endpoints',
  'HTTPHeader.value',
  'LimitRangeSpec.limits',
  'PodFailurePolicy.rules',
  'PreferredSchedulingTerm.preference',
  'TokenRequest.audience',
  'TypedLocalObjectReference.kind',
  'TypedLocalObjectReference.name',
]);
