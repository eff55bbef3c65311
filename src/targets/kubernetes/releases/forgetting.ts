import type { Cluster } from '../cluster.ts';
import { headName } from './piece-names.ts';

export type HeadPlace = Pick<Cluster, 'scope' | 'namespace' | 'context'>;

/** A hint: the command that takes a release out of the history. Its parts go with the next deploy. */
export function forgetting(number: number, { scope, namespace, context }: HeadPlace): string {
  return `to forget it: ${deletion(headName(number, { scope }), { namespace, context })}`;
}

/** The command that deletes a Secret. */
export function deletion(
  name: string,
  { namespace, context }: Pick<HeadPlace, 'namespace' | 'context'>,
): string {
  return `kubectl --context ${context} -n ${namespace} delete secret ${name}`;
}
