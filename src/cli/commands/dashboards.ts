import { Command } from 'commander';
import { examples } from '../flags.ts';
import type { Invocation } from '../invocation.ts';

export interface DashboardsFlags {
  out?: string;
}

export function dashboardsCommand(invocation: Invocation): Command {
  const command = new Command('dashboards')
    .description('print the Grafana dashboard of a service, or write those of several')
    .argument('[services...]', 'only these (default: all of the workspace)')
    .option('--out <folder>', 'write a file for each service there')
    .action(async (services: string[], flags: DashboardsFlags) =>
      (await import('../run/dashboards.ts')).runDashboards(services, flags, invocation),
    );
  return examples(command, [
    ['cloudnative dashboards orders > orders.json', 'one service'],
    ['cloudnative dashboards --out dashboards', 'a file for each service'],
  ]);
}
