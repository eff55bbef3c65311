import type { Cluster } from '../cluster.ts';
import { headName } from './piece-names.ts';

export type HeadPlace = Pick<Cluster, 'scope' | 'namespace' | 'kubectl'>;

/** A hint: the command that takes a release out of the history. Its parts go with the next deploy. */
export function forgetting(number: number, { scope, namespace, kubectl }: HeadPlace): string {
  return `to forget it: ${deletion(headName(number, { scope }), { namespace, kubectl })}`;
}

/** The command that deletes a Secret. */
export function deletion(
  name: string,
  { namespace, kubectl }: Pick<HeadPlace, 'namespace' | 'kubectl'>,
): string {
  return kubectl(`-n ${namespace} delete secret ${name}`);
}
