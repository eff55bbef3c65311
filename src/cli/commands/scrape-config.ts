import { Command, Option } from 'commander';
import { type EnvironmentFlags, environmentFlag, examples, folderFlags, outputFlag } from '../flags.ts';
import type { Invocation } from '../invocation.ts';

export interface ScrapeConfigFlags extends EnvironmentFlags {
  format: 'prometheus' | 'file-sd' | 'podmonitor';
  fragment?: boolean;
  check?: boolean;
  /** True for all that is there. */
  explain?: string | true;
  rbac?: boolean;
  /** `<namespace>/<name>`. */
  serviceAccount?: string;
}

export function scrapeConfigCommand(invocation: Invocation): Command {
  const command = new Command('scrape-config')
    .description('print the Prometheus configuration that finds these services')
    .argument('[services...]', 'only these (default: all of the workspace)')
    .addOption(environmentFlag())
    .addOption(
      new Option('--format <format>', 'file-sd: the targets of now; podmonitor: for the Operator')
        .choices(['prometheus', 'file-sd', 'podmonitor'])
        .default('prometheus'),
    )
    .option('--fragment', 'only the jobs, as scrape_config_files of a Prometheus reads them')
    .option('--check', 'have promtool check it first (found by $PROMTOOL or on the PATH)')
    .option('--explain [name]', 'show what becomes of each pod or container, or of this one')
    .option('--rbac', 'print what a Prometheus in the cluster must be allowed to read')
    .option('--service-account <namespace/name>', 'for --rbac (default: monitoring/prometheus)')
    .option(
      '--kubeconfig <file>',
      'the way to the cluster from outside, for Prometheus and for --explain and file-sd (default: Prometheus is inside)',
    )
    .addOption(outputFlag())
    .action(async (services: string[], flags: ScrapeConfigFlags) =>
      (await import('../run/scrape-config.ts')).runScrapeConfig(services, flags, invocation),
    );
  return examples(folderFlags(command, { reads: true }), [
    ['cloudnative scrape-config > prometheus.yml', 'for processes here'],
    ['cloudnative scrape-config -e staging --check', 'for pods, checked'],
    ['cloudnative scrape-config -e staging --explain', 'who is found, who not, why'],
    ['cloudnative scrape-config -e staging --rbac', 'for kubectl apply -f -'],
  ]);
}
