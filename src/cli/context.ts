import { relative } from 'node:path';
import type { CheckedFolder } from '../actions/check.ts';
import { ExpectedError } from '../core/errors.ts';
import { placeFlags } from '../core/place-flags.ts';
import { shellWord } from '../core/shell-word.ts';
import type { Target } from '../targets/target.ts';
import type { Environment, Service, Workspace } from '../workspace/model.ts';
import { selectEnvironment } from '../workspace/select.ts';
import type { Adapter } from './adapters/adapter.ts';
import { dockerAdapter } from './adapters/docker.ts';
import { kubernetesAdapter } from './adapters/kubernetes.ts';
import { processAdapter } from './adapters/process.ts';
import type { AllowedFlags, EnvironmentFlags } from './flags.ts';
import { folderApp } from './folder-app.ts';
import type { Invocation } from './invocation.ts';

/** The composition root: what an environment's commands work with. */
export interface Context extends Adapter {
  workspace: Workspace;
  environment: Environment;
}

const adapters = { process: processAdapter, docker: dockerAdapter, kubernetes: kubernetesAdapter };

export async function openContext(
  flags: EnvironmentFlags & Partial<AllowedFlags>,
  signal?: AbortSignal,
  cwd = process.cwd(),
): Promise<Context> {
  const folder = folderApp(flags, cwd);
  return contextOf(folder ?? (await (await loader()).loadWorkspace(cwd)), flags, signal);
}

/** For what runs already: a service whose file has problems is told of and leaves only itself out. */
export async function openRunning(
  flags: EnvironmentFlags,
  { ui, signal }: Pick<Invocation, 'ui' | 'signal'>,
  cwd = process.cwd(),
): Promise<Context & { known: readonly string[] }> {
  const folder = folderApp(flags, cwd);
  if (folder) return { ...contextOf(folder, flags, signal), known: [folder.name] };
  const { workspace, unsound } = await (await loader()).loadSoundWorkspace(cwd);
  for (const { file, problems } of unsound) {
    const count = problems === 1 ? 'a problem' : `${problems} problems`;
    ui.emit({ type: 'warning', message: `${relative(cwd, file)} has ${count}: cloudnative plan tells more` });
  }
  const known = new Set([...workspace.services, ...unsound].map(({ name }) => name));
  return { ...contextOf(workspace, flags, signal), known: [...known].sort() };
}

/** A folder of manifests has no use for the schemas of a workspace. */
const loader = () => import('../workspace/load.ts');

function contextOf(
  workspace: Workspace,
  flags: EnvironmentFlags & Partial<AllowedFlags>,
  signal?: AbortSignal,
): Context {
  const environment = reachedBy(selectEnvironment(workspace, flags.environment), flags);
  const { forceConflicts = [], replace = [], preflight = true } = flags;
  const asked = forceConflicts.length + replace.length > 0 || !preflight || flags.pullSecret;
  if (environment.target !== 'kubernetes' && asked) throw clusterOnly(environment);
  return { workspace, environment, ...adapters[environment.target](workspace, environment, flags, signal) };
}

/** The same environment; commands that are suggested later take the same way there. */
function reachedBy(environment: Environment, { kubeconfig }: EnvironmentFlags): Environment {
  if (kubeconfig === undefined) return environment;
  const place = placeFlags({ environment: shellWord(environment.name), flags: environment.flags });
  return { ...environment, flags: `${place} --kubeconfig ${shellWord(kubeconfig)}` };
}

function clusterOnly({ name, target }: Environment): ExpectedError {
  return new ExpectedError({
    code: 'E_USAGE',
    exit: 'usage',
    message: '--force-conflicts, --replace, --no-preflight and --pull-secret are about objects of a cluster',
    where: `environment ${name}, target ${target}`,
  });
}

/** Where the manifests of services are, as the environment has them. */
export function manifestFolders(
  { workspace, environment }: Pick<Context, 'workspace' | 'environment'>,
  services: readonly Service[],
): CheckedFolder[] {
  return services.map(({ name, manifests }) => ({
    folder: environment.services[name]?.manifests ?? manifests,
    release: { name, namespace: environment.namespace ?? workspace.name },
  }));
}

/** Judges the services' manifests before anything is asked of anybody, where the place takes manifests. */
export async function checkBefore(
  context: Context,
  services: readonly Service[],
  { ui }: Pick<Invocation, 'ui'>,
): Promise<void> {
  const readFolder = await context.readFolder?.();
  if (!readFolder) return;
  const { checkFirst } = await import('../actions/check.ts');
  await checkFirst(manifestFolders(context, services), { readFolder, emit: ui.emit });
}

/** Runs work on the environment's target and lets go of it, whatever happens. */
export async function withTarget<T>(context: Context, work: (target: Target) => Promise<T>): Promise<T> {
  const target = await context.target();
  try {
    return await work(target);
  } catch (error) {
    throw naming(target.awaits?.(), error);
  } finally {
    await target.close();
  }
}

/** What took too long is known better where the place itself waits for something. */
function naming(awaited: string | undefined, error: unknown): unknown {
  if (!awaited || !(error instanceof ExpectedError) || error.explanation.code !== 'E_TIMEOUT') return error;
  const why = `${awaited} has not answered`;
  return new ExpectedError({
    ...error.explanation,
    why,
    hints: ['log in as its documentation says, then repeat the command'],
  });
}
