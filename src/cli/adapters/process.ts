import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Environment, Workspace } from '../../workspace/model.ts';
import type { Adapter } from './adapter.ts';

/** Services as processes on this machine; their state is in the workspace. */
export function processAdapter(workspace: Workspace, environment: Environment): Adapter {
  const scope = { app: workspace.name, environment: environment.name };
  const stateDir = join(workspace.folder, '.cloudnative', 'process', environment.name);
  return {
    target: async () => {
      const { createProcessTarget } = await import('../../targets/process/process-target.ts');
      return createProcessTarget({
        scope,
        stateDir,
        nodePath: process.execPath,
        supervisorEntry: fileURLToPath(new URL('./supervisor.js', import.meta.url)),
      });
    },
    supply: async () => {
      const { createCommandBuilder } = await import('../../builds/command/command-builder.ts');
      // What was built belongs to the workspace, not to one environment.
      return {
        builder: createCommandBuilder({ stateDir: join(workspace.folder, '.cloudnative', 'builds') }),
      };
    },
    scrapeSource: async () => {
      const { processScrapeTargets } = await import('../../targets/process/scrape-targets.ts');
      return { kind: 'process', instances: await processScrapeTargets(stateDir) };
    },
  };
}
