import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Environment, Workspace } from '../../workspace/model.ts';
import type { Adapter } from './adapter.ts';

/** Services as processes on this machine; their state is in the workspace. */
export function processAdapter(workspace: Workspace, environment: Environment): Adapter {
  const scope = { app: workspace.name, environment: environment.name };
  const stateDir = join(workspace.folder, '.cloudnative', 'process', environment.name);
  const builds = join(workspace.folder, '.cloudnative', 'builds');
  // A link in a cloned repository must not lead what is written and cleared here to somewhere else.
  const checkState = async () => {
    const { checkInside } = await import('../../system/destination.ts');
    const folders = [
      stateDir,
      ...['services', 'observed', 'logs'].map((name) => join(stateDir, name)),
      builds,
    ];
    for (const folder of folders) await checkInside(folder, workspace.folder);
  };
  return {
    target: async () => {
      await checkState();
      const { createProcessTarget } = await import('../../targets/process/process-target.ts');
      return createProcessTarget({
        scope,
        stateDir,
        nodePath: process.execPath,
        supervisorEntry: fileURLToPath(new URL('./supervisor.js', import.meta.url)),
      });
    },
    supply: async () => {
      await checkState();
      const { createCommandBuilder } = await import('../../builds/command/command-builder.ts');
      // What was built belongs to the workspace, not to one environment.
      return {
        builder: createCommandBuilder({ stateDir: builds }),
      };
    },
    scrapeSource: async () => {
      const { processScrapeTargets } = await import('../../targets/process/scrape-targets.ts');
      return { kind: 'process', instances: await processScrapeTargets(stateDir) };
    },
    holdings: async () => ({}),
  };
}
