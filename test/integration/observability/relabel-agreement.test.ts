import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ExpectedError } from '../../../src/core/errors.ts';
import { compileRules } from '../../../src/observability/relabel/relabel.ts';
import { discoveredLabels, scrapeTarget } from '../../../src/observability/scrape-target.ts';
import { lab, labSuite } from '../../support/lab.ts';
import { eventually, startPrometheus } from '../../support/prometheus.ts';
import { type RelabelSample, relabelSample } from '../../support/relabel-samples.ts';

const count = 300;
// The interval keeps Prometheus from scraping anything while it is asked.
const every = { scrape_interval: '1h', scrape_timeout: '10s' };

labSuite('relabelling agreement', ['prometheus'], () => {
  it('does with random rules what Prometheus does', async () => {
    const seed = Math.floor(Math.random() * 2 ** 31);
    const samples = fc
      .sample(relabelSample, { numRuns: 2 * count, seed })
      .filter(isTaken)
      .slice(0, count);
    expect(samples).toHaveLength(count);
    const job_name = (index: number) => `job-${index}`;
    const scrape_configs = samples.map(({ rules, targets }, index) => ({
      job_name: job_name(index),
      static_configs: targets.map(({ __address__, ...labels }) => ({ targets: [__address__], labels })),
      relabel_configs: rules,
    }));
    const prometheus = await startPrometheus(
      lab.prometheus!,
      JSON.stringify({ global: every, scrape_configs }),
    );
    try {
      const expected = samples.map((sample, index) => ours(sample, job_name(index)));
      const known = expected.reduce((sum, { active, dropped }) => sum + active.length + dropped.length, 0);
      // A difference in number shows as one below, with the rules that make it.
      await eventually(
        () => prometheus.allTargets(),
        ({ activeTargets, droppedTargets }) => activeTargets.length + droppedTargets.length >= known,
        20_000,
      ).catch(() => undefined);
      const all = await prometheus.allTargets();
      const found = samples.map((_, index) => ({
        active: all.activeTargets
          .filter(({ scrapePool }) => scrapePool === job_name(index))
          .map(({ labels, scrapeUrl }) => text({ labels, url: scrapeUrl }))
          .sort(),
        dropped: all.droppedTargets
          .filter(({ scrapePool }) => scrapePool === job_name(index))
          .map(({ discoveredLabels: { __meta_id } }) => __meta_id!)
          .sort(),
      }));
      const differing = samples.flatMap(({ rules, targets }, index) =>
        JSON.stringify(found[index]) === JSON.stringify(expected[index])
          ? []
          : [{ rules, targets, prometheus: found[index], ours: expected[index] }],
      );
      expect(differing.slice(0, 3), `seed ${seed}, ${differing.length} differ`).toEqual([]);
      expect(expected.filter(({ active }) => active.length > 0).length).toBeGreaterThan(count / 4);
      expect(expected.filter(({ dropped }) => dropped.length > 0).length).toBeGreaterThan(count / 10);
    } finally {
      await prometheus.stop();
    }
  }, 90_000);
});

/** Few are not: what Go and JavaScript remember of repeated groups differs. */
function isTaken({ rules }: RelabelSample): boolean {
  try {
    compileRules(rules);
    return true;
  } catch (error) {
    if (error instanceof ExpectedError) return false;
    throw error;
  }
}

function ours({ rules, targets }: RelabelSample, job: string) {
  const relabel = compileRules(rules);
  const active = new Map<string, string>();
  const dropped: string[] = [];
  for (const own of targets) {
    const found = discoveredLabels({ labels: own }, { job, interval: '1h', timeout: '10s' })({});
    const { labels, droppedBy } = relabel(found);
    const target = scrapeTarget(labels);
    if (droppedBy) dropped.push(own.__meta_id!);
    else if (!('refused' in target)) active.set(target.identity, text(target));
  }
  return { active: [...active.values()].sort(), dropped: dropped.sort() };
}

function text({ labels, url }: { labels: Record<string, string>; url: string }): string {
  return JSON.stringify([url, Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1))]);
}
