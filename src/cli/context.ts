import type { Target } from '../targets/target.ts';
import { loadWorkspace } from '../workspace/load.ts';
import type { Environment, Workspace } from '../workspace/model.ts';
import { selectEnvironment } from '../workspace/select.ts';
import type { Adapter } from './adapters/adapter.ts';
import { dockerAdapter } from './adapters/docker.ts';
import { kubernetesAdapter } from './adapters/kubernetes.ts';
import { processAdapter } from './adapters/process.ts';
import type { EnvironmentFlags } from './flags.ts';

/** The composition root: what an environment's commands work with. */
export interface Context extends Adapter {
  workspace: Workspace;
  environment: Environment;
}

const adapters = { process: processAdapter, docker: dockerAdapter, kubernetes: kubernetesAdapter };

export async function openContext(flags: EnvironmentFlags, cwd = process.cwd()): Promise<Context> {
  const workspace = await loadWorkspace(cwd);
  const environment = selectEnvironment(workspace, flags.environment);
  return { workspace, environment, ...adapters[environment.target](workspace, environment, flags) };
}

/** Runs work on the environment's target and lets go of it, whatever happens. */
export async function withTarget<T>(context: Context, work: (target: Target) => Promise<T>): Promise<T> {
  const target = await context.target();
  try {
    return await work(target);
  } finally {
    await target.close();
  }
}
