import { expect } from 'vitest';
import type { TargetGroup } from '../../../src/observability/discovery/target-group.ts';
import type { ExplainedJob } from '../../../src/observability/explain.ts';
import { discoveredLabels } from '../../../src/observability/scrape-target.ts';
import type { DroppedTarget, ScrapeTarget } from '../../support/prometheus.ts';

/** Prometheus and we have found the same: the same labels before its rules, the same targets after them, the same ones dropped. */
export function expectAgreement(
  prometheus: { activeTargets: ScrapeTarget[]; droppedTargets: DroppedTarget[] },
  groups: readonly TargetGroup[],
  { job, groups: explained }: ExplainedJob,
): void {
  const of = <T extends DroppedTarget>(targets: T[]) =>
    targets.filter(({ scrapePool }) => scrapePool === job);
  const active = of(prometheus.activeTargets);
  const ours = explained.flatMap(({ targets }) => targets.map(({ url, labels }) => text({ url, ...labels })));
  expect(ours.sort()).toEqual(
    active.map(({ scrapeUrl, labels }) => text({ url: scrapeUrl, ...labels })).sort(),
  );

  const found = groups.flatMap((group) => {
    const labelsOf = discoveredLabels(group, { job, interval: '1s', timeout: '1s' });
    return group.targets.map(({ labels }) => {
      const all = labelsOf(labels);
      return text(Object.fromEntries(all.names().map((name) => [name, all.get(name)])));
    });
  });
  const dropped = of(prometheus.droppedTargets).map((target) => text(known(target)));
  // Of equal targets Prometheus shows one.
  for (const target of active) expect(found).toContain(text(known(target)));
  expect(found).toEqual(expect.arrayContaining(dropped));
  expect(explained.flatMap((group) => group.dropped)).toHaveLength(dropped.length);
}

/** Its versions differ in what they say of histograms. */
function known({ discoveredLabels: labels }: DroppedTarget): Record<string, string> {
  return Object.fromEntries(Object.entries(labels).filter(([name]) => !/histograms/.test(name)));
}

function text(labels: Readonly<Record<string, string>>): string {
  return JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
}
