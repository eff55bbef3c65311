import type { ExplainedJob } from './explain.ts';

/** One entry of a file for `file_sd_configs`. */
export interface FileTargets {
  targets: readonly string[];
  labels: Record<string, string>;
}

/** What there is to scrape now, with the labels that discovery would give it; `job` is left to the job that reads the file. */
export function fileTargets(jobs: readonly ExplainedJob[]): FileTargets[] {
  return jobs.flatMap(({ groups }) =>
    groups.flatMap(({ targets }) =>
      targets.map(({ address, scheme, path, labels: { job: _, instance, ...labels } }) => ({
        targets: [address],
        labels: {
          ...labels,
          ...(instance === address ? {} : { instance: instance! }),
          ...(scheme === 'http' ? {} : { __scheme__: scheme }),
          ...(path === '/metrics' ? {} : { __metrics_path__: path }),
        },
      })),
    ),
  );
}
