import { circleIn, raisedLevels } from '../../../plan/dependency-order.ts';
import type { Address } from '../address.ts';

/**
 * For each id those that must be gone before: what says that it depends on it, and what goes earlier by its kind. What calls or judges
 * pods, and custom resources, whose controllers still have to see them go, come before workloads; what workloads use, after them;
 * definitions and namespaces last. A circle of what objects say, which only a hand can have made, is not listened to.
 */
export function removalOrder(
  removals: readonly { id: string; address: Address; dependsOn?: readonly string[] }[],
): Map<string, string[]> {
  const dependants = new Map<string, string[]>(removals.map(({ id }) => [id, []]));
  for (const { id, dependsOn = [] } of removals)
    for (const other of dependsOn) dependants.get(other)?.push(id);
  const said = removals.map(({ id, address }) => ({
    id,
    level: rankOf(address),
    needs: dependants.get(id)!,
  }));
  const items = circleIn(said) ? said.map((item) => ({ ...item, needs: [] })) : said;
  const levels = raisedLevels(items);
  const byLevel = new Map<number, string[]>();
  for (const [id, level] of levels) byLevel.set(level, [...(byLevel.get(level) ?? []), id]);
  const present = [...byLevel.keys()].sort((a, b) => a - b);
  return new Map(
    items.map(({ id, needs }) => {
      const before = present.filter((level) => level < levels.get(id)!).at(-1);
      return [id, [...new Set([...needs, ...(before === undefined ? [] : byLevel.get(before)!)])]];
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
