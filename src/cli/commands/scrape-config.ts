import { Command } from 'commander';
import { type EnvironmentFlags, environmentFlag, examples } from '../flags.ts';
import type { Invocation } from '../invocation.ts';

export interface ScrapeConfigFlags extends EnvironmentFlags {
  check?: boolean;
}

export function scrapeConfigCommand(invocation: Invocation): Command {
  const command = new Command('scrape-config')
    .description('print the Prometheus configuration for these services')
    .argument('[services...]', 'only these (default: all of the workspace)')
    .addOption(environmentFlag())
    .option('--kubeconfig <file>', 'for a Prometheus outside the cluster (default: inside it)')
    .option('--check', 'have promtool check it first (found by $PROMTOOL or on the PATH)')
    .action(async (services: string[], flags: ScrapeConfigFlags) =>
      (await import('../run/scrape-config.ts')).runScrapeConfig(services, flags, invocation),
    );
  return examples(command, [
    ['cloudnative scrape-config > prometheus.yml', 'for processes here'],
    ['cloudnative scrape-config -e staging --check', 'for pods, checked'],
  ]);
}
