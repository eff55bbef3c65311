import { discoverContainers, type EngineHoldings } from './discovery/containers.ts';
import { type DiscoverablePod, discoverPods } from './discovery/pods.ts';
import type { TargetGroup } from './discovery/target-group.ts';
import { type ExplainedJob, explainJob } from './explain.ts';
import { podJobs } from './pod-jobs.ts';
import {
  containerLabels,
  type ScrapeJob,
  type ScrapeScope,
  type ScrapeSource,
  scrapeJobs,
} from './scrape-config.ts';

/** What a place holds that Prometheus might find. Processes need none: their addresses are in the configuration itself. */
export interface Holdings {
  pods?: readonly DiscoverablePod[];
  engine?: EngineHoldings;
}

/** What each job of the configuration makes of what is there now. */
export function explain(scope: ScrapeScope, source: ScrapeSource, holdings: Holdings): ExplainedJob[] {
  const discovered = discover(scope, source, holdings);
  return scrapeJobs(scope, source).map((job, index) =>
    explainJob(job, discovered[index] ?? staticGroups(job)),
  );
}

/** By job, in their order. */
function discover(
  scope: ScrapeScope,
  source: ScrapeSource,
  { pods = [], engine }: Holdings,
): TargetGroup[][] {
  if (source.kind === 'kubernetes') return podJobs(scope, source).map((job) => discoverPods(pods, job.pods));
  return engine ? [discoverContainers(engine, containerLabels(scope))] : [];
}

function staticGroups({ static_configs = [] }: ScrapeJob): TargetGroup[] {
  return static_configs.map(({ targets, labels }) => ({
    name: labels.pod!,
    service: labels.service,
    labels,
    targets: targets.map((__address__) => ({ origin: 'process', labels: { __address__ } })),
  }));
}
