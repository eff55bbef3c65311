import type { DiscoveredTarget, TargetGroup } from './discovery/target-group.ts';
import { type DropReason, dropReason } from './drop-reason.ts';
import type { LabelSet } from './relabel/label-set.ts';
import { compileRules, type Relabelled } from './relabel/relabel.ts';
import { type ScrapeJob, scrapeDefaults } from './scrape-config.ts';
import { discoveredLabels, type JobDefaults, type ScrapeTarget, scrapeTarget } from './scrape-target.ts';

/** What becomes of everything that a job finds. */
export interface ExplainedJob {
  job: string;
  things: 'pods' | 'containers' | 'processes';
  /** Sorted by name. */
  groups: readonly ExplainedGroup[];
}

/** A pod, container or process: its targets, and what of it was dropped. */
export interface ExplainedGroup extends Pick<TargetGroup, 'name' | 'service' | 'unseen' | 'stranger'> {
  targets: readonly ExplainedTarget[];
  dropped: readonly (Origin & DropReason)[];
}

export type ExplainedTarget = Omit<ScrapeTarget, 'identity'> & { origins: readonly Origin[] };

/** Which part of it, e.g. `container orders, port http 8080`. */
export type Origin = Pick<DiscoveredTarget, 'origin' | 'container'>;

/** Runs the rules of a job on what was discovered for it, as Prometheus does. */
export function explainJob(
  { job_name: job, relabel_configs = [], ...sources }: ScrapeJob,
  discovered: readonly TargetGroup[],
): ExplainedJob {
  const { scrape_interval: interval, scrape_timeout: timeout } = scrapeDefaults;
  const relabel = compileRules(relabel_configs);
  const groups = discovered
    .map((group) => explainGroup(group, { job, interval, timeout }, relabel))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const things = sources.static_configs ? 'processes' : sources.docker_sd_configs ? 'containers' : 'pods';
  return { job, things, groups };
}

function explainGroup(
  group: TargetGroup,
  defaults: JobDefaults,
  relabel: (labels: LabelSet) => Relabelled,
): ExplainedGroup {
  const { name, service, unseen, stranger } = group;
  const labelsOf = discoveredLabels(group, defaults);
  const targets = new Map<string, Omit<ScrapeTarget, 'identity'> & { origins: Origin[] }>();
  const dropped: (Origin & DropReason)[] = [];
  for (const { origin, container, labels } of group.targets) {
    const from: Origin = container === undefined ? { origin } : { origin, container };
    const relabelled = relabel(labelsOf(labels));
    if (relabelled.droppedBy) {
      dropped.push({ ...from, ...dropReason(relabelled.droppedBy, relabelled.labels) });
      continue;
    }
    const target = scrapeTarget(relabelled.labels);
    if ('refused' in target) {
      dropped.push({ ...from, reason: `Prometheus refuses it: ${target.refused}` });
      continue;
    }
    const same = targets.get(target.identity);
    if (same) {
      same.origins.push(from);
      continue;
    }
    const { identity, ...rest } = target;
    targets.set(identity, { ...rest, origins: [from] });
  }
  return {
    name,
    ...(service === undefined ? {} : { service }),
    ...(unseen === undefined ? {} : { unseen }),
    ...(stranger ? { stranger } : {}),
    targets: [...targets.values()],
    dropped,
  };
}
