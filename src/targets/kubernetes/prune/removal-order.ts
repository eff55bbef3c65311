import type { Address } from '../address.ts';

/**
 * For each id those that must be gone before. What calls or judges pods, and custom resources, whose controllers still have to see
 * them go, come before workloads; what workloads use, after them; definitions and namespaces last.
 */
export function removalOrder(removals: readonly { id: string; address: Address }[]): Map<string, string[]> {
  const ranks = removals.map(({ address }) => rankOf(address));
  const byRank = new Map<number, string[]>();
  for (const [index, { id }] of removals.entries())
    byRank.set(ranks[index]!, [...(byRank.get(ranks[index]!) ?? []), id]);
  const present = [...byRank.keys()].sort((a, b) => a - b);
  return new Map(
    removals.map(({ id }, index) => {
      const before = present.filter((rank) => rank < ranks[index]!).at(-1);
      return [id, before === undefined ? [] : byRank.get(before)!];
    }),
  );
}

function rankOf(address: Address): number {
  const { group, kind } = address;
  if (kind === 'Namespace' && group === '') return 4;
  if (kind === 'CustomResourceDefinition' && group === 'apiextensions.k8s.io') return 3;
  if (ownsPods(address)) return 1;
  const early = kind === 'HorizontalPodAutoscaler' || registrations.has(group) || !isBuiltIn(group);
  return early ? 0 : 2;
}

/** A webhook or aggregated API whose pods are gone would fail what comes after. */
const registrations = new Set(['admissionregistration.k8s.io', 'apiregistration.k8s.io']);

const plainGroups = new Set(['', 'apps', 'batch', 'autoscaling', 'policy']);
/** Groups of definitions that bear the name of Kubernetes. */
const defined = /^(gateway\.networking|snapshot\.storage|.*\.x)\.k8s\.io$/;

function isBuiltIn(group: string): boolean {
  return plainGroups.has(group) || (group.endsWith('.k8s.io') && !defined.test(group));
}

export function ownsPods({ group, kind }: Pick<Address, 'group' | 'kind'>): boolean {
  return (
    (['apps', 'batch'].includes(group) && kind !== 'ControllerRevision') || (group === '' && kind === 'Pod')
  );
}
