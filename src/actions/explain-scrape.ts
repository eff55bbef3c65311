import { ExpectedError } from '../core/errors.ts';
import { nearest } from '../core/suggest.ts';
import { explain, type Holdings } from '../observability/discover.ts';
import type { ExplainedGroup, ExplainedJob } from '../observability/explain.ts';
import type { ScrapeSource } from '../observability/scrape-config.ts';
import type { Scraped } from './scrape-config.ts';

/**
 * What Prometheus makes of what is there now. `name`: only of that pod, container or service, E_NOT_FOUND (4) when there is none.
 */
export async function explainScrape(
  { scope, source }: Scraped,
  { name, holdings }: { name?: string; holdings: (source: ScrapeSource) => Promise<Holdings> },
): Promise<ExplainedJob[]> {
  const jobs = explain(scope, source, await holdings(source));
  if (name === undefined) return jobs;
  const narrowed = jobs.map((job) => ({
    ...job,
    groups: job.groups.flatMap((group) => about(name, group) ?? []),
  }));
  const found = narrowed.filter(({ groups }) => groups.length > 0);
  if (found.length === 0) throw nothingNamed(name, jobs);
  // A pod that one job takes is a stranger to the others, which need not be told.
  const own = narrowed.map((job) => ({ ...job, groups: job.groups.filter(({ stranger }) => !stranger) }));
  const meant = own.filter(({ groups }) => groups.length > 0);
  return meant.length > 0 ? meant : found;
}

/** The group as far as the name means it: all of it, or one container of it. */
function about(name: string, group: ExplainedGroup): ExplainedGroup | undefined {
  if (group.name === name || group.service === name) return group;
  const of = ({ container }: { container?: string }) => container === name;
  const targets = group.targets
    .map((target) => ({ ...target, origins: target.origins.filter(of) }))
    .filter(({ origins }) => origins.length > 0);
  const dropped = group.dropped.filter(of);
  return targets.length + dropped.length > 0 ? { ...group, targets, dropped } : undefined;
}

function nothingNamed(name: string, jobs: readonly ExplainedJob[]): ExpectedError {
  const groups = jobs.flatMap((job) => job.groups);
  const known = groups.flatMap((group) => [
    group.name,
    group.service ?? [],
    [...group.targets.flatMap(({ origins }) => origins), ...group.dropped].map(
      ({ container = '' }) => container,
    ),
  ]);
  const candidate = nearest(name, [...new Set(known.flat(2))]);
  return new ExpectedError({
    code: 'E_NOT_FOUND',
    exit: 'notFound',
    message: `there is no pod, container, process or service ${JSON.stringify(name)}`,
    hints: candidate ? [`did you mean ${JSON.stringify(candidate)}?`] : [],
  });
}
