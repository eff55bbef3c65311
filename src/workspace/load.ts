import { realpath } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { isOutside } from '../core/is-outside.ts';
import { nameProblem } from '../core/names.ts';
import type { Path } from '../core/yaml-document.ts';
import type { Configuration, Problem, Source } from './configuration.ts';
import { configurationError } from './configuration-error.ts';
import type { Workspace } from './model.ts';
import { readConfiguration } from './read-configuration.ts';
import { resolveWorkspace } from './resolve.ts';
import { checkRules } from './rules.ts';

/**
 * The workspace that `cwd` is in, or the lone service.
 * Throws `E_NO_WORKSPACE`, or `E_CONFIG` with every problem of every file.
 */
export async function loadWorkspace(cwd: string): Promise<Workspace> {
  return resolveWorkspace(await loadConfiguration(cwd));
}

/** As `loadWorkspace`, but what the files say. */
export async function loadConfiguration(cwd: string): Promise<Configuration> {
  const configuration = await readConfiguration(cwd);
  const problems = problemsOf(configuration);
  if (problems.length === 0) problems.push(...(await linkProblems(configuration)));
  if (problems.length > 0) throw configurationError(problems, cwd);
  return configuration;
}

/** A service whose `service.yaml` has problems. */
export interface UnsoundService {
  /** As its file says, else as its folder is called. */
  name: string;
  /** Absolute. */
  file: string;
  /** How many. */
  problems: number;
}

/**
 * As `loadWorkspace`, for looking at what runs and for removing it: a service whose file has problems is left out and
 * named, since one that is being edited must not take the others' operation away. Problems of `cloudnative.yaml`, or of
 * a lone service, still throw: it says where to look.
 */
export async function loadSoundWorkspace(
  cwd: string,
): Promise<{ workspace: Workspace; unsound: readonly UnsoundService[] }> {
  const configuration = await readConfiguration(cwd);
  const { folder, workspace: root, services } = configuration;
  const problems = problemsOf(configuration);
  const files = new Set(problems.map(({ file }) => file));
  if (problems.length > 0 && !(root && !files.has(root.file))) throw configurationError(problems, cwd);
  const [unsound, sound] = [true, false].map((bad) => services.filter(({ file }) => files.has(file) === bad));
  return {
    workspace: resolveWorkspace({ folder, workspace: root, services: sound! }),
    unsound: unsound!.map((source) => ({
      name: nameOf(source),
      file: source.file,
      problems: problems.filter(({ file }) => file === source.file).length,
    })),
  };
}

function problemsOf(configuration: Configuration): Problem[] {
  const sources = [configuration.workspace, ...configuration.services];
  return [...sources.flatMap((source) => source?.problems ?? []), ...checkRules(configuration)];
}

function nameOf({ file, document }: Source<unknown>): string {
  const name = document.source(['name']) ?? '';
  return nameProblem('dns1035Label', name) === undefined ? name : basename(dirname(file));
}

/** Paths that look as if they stayed inside, but are links that lead out. */
async function linkProblems(configuration: Configuration): Promise<Problem[]> {
  const { folder: root, services, environments } = resolveWorkspace(configuration);
  const checks = services.map(({ folder, image, manifests }) => {
    const source = configuration.services.find((candidate) => candidate.folder === folder)!;
    return [
      linkProblem(source, ['image', 'context'], image.context, folder, "the service's folder"),
      linkProblem(source, ['image', 'dockerfile'], image.dockerfile, folder, "the service's folder"),
      linkProblem(source, ['kubernetes', 'manifests'], manifests, root, 'the workspace'),
    ];
  });
  for (const environment of configuration.workspace ? Object.values(environments) : []) {
    for (const [service, { manifests }] of Object.entries(environment.services)) {
      if (manifests === undefined) continue;
      const path = ['environments', environment.name, 'services', service, 'manifests'];
      checks.push([linkProblem(configuration.workspace!, path, manifests, root, 'the workspace')]);
    }
  }
  return (await Promise.all(checks.flat())).flat();
}

async function linkProblem(
  { file, document }: Source<unknown>,
  key: Path,
  path: string,
  inside: string,
  insideName: string,
): Promise<Problem[]> {
  const target = await realpath(path).catch(() => undefined);
  if (target === undefined || !isOutside(await realpath(inside), target)) return [];
  const message = `${key.join('.')} is a link that leads out of ${insideName}`;
  return [{ file, position: document.position(key), message }];
}
