import { join, relative, sep } from 'node:path';
import { ExpectedError } from '../core/errors.ts';
import type { Emit } from '../core/events.ts';
import { readFirst } from '../scaffold/read-first.ts';
import { renderService } from '../scaffold/render-service.ts';
import { stateFolder } from '../scaffold/state-folder.ts';
import { checkDestination } from '../system/destination.ts';
import { gitInit, isInRepository } from '../system/git-init.ts';
import { writeTree } from '../system/write-tree.ts';
import type { Configuration } from '../workspace/configuration.ts';
import { defaultPorts } from '../workspace/defaults.ts';
import { loadConfiguration } from '../workspace/load.ts';
import type { Language, Ports } from '../workspace/model.ts';
import { serviceFileName } from '../workspace/read-configuration.ts';
import { notFound } from '../workspace/select.ts';
import { newServicePath } from '../workspace/service-patterns.ts';
import { checkName } from './check-name.ts';

export interface NewOptions {
  name: string;
  language: Language;
  /** Names of services of the workspace. */
  calls: readonly string[];
  cwd: string;
  /** Writes nothing, and returns what would be written. */
  dryRun?: boolean;
}

export interface NewDeps {
  emit: Emit;
  signal: AbortSignal;
}

export interface NewResult {
  service: string;
  language: Language;
  /** Relative to `cwd`. */
  folder: string;
  /** Relative to the folder, with `/`, sorted. */
  files: readonly string[];
  ports: Ports;
  /** Whether a git repository was (would be) made. */
  git: boolean;
  /** The file with the business logic, relative to the folder. */
  readFirst: string;
}

/**
 * Makes a service in the workspace, or a lone one with a git repository in `cwd`. Throws `E_NAME` (2), `E_NOT_FOUND` (4),
 * `E_NO_PLACE` (4), `E_EXISTS` (5), `E_LINK` (5), `E_WRITE` (1), and what `loadConfiguration` does.
 */
export async function newService(options: NewOptions, { emit, signal }: NewDeps): Promise<NewResult> {
  const { name, language, cwd } = options;
  checkName('service', name, (valid) =>
    valid ? `cloudnative new ${valid}` : 'choose a name such as orders or price-list',
  );
  const place = await findPlace(options);
  await checkDestination(place.folder, place.root);
  const calls = [...new Set(options.calls)];
  const answers = { name, language, app: place.app, calls, ports: defaultPorts, schema: place.schema };
  const files = await renderService(answers, place.lone);
  let git = place.lone && !(await isInRepository(cwd));
  const folder = relative(cwd, place.folder);

  if (!options.dryRun) {
    let gitProblem: string | undefined;
    await writeTree(place.folder, files, {
      signal,
      finish: async (temporary) => {
        if (git) gitProblem = await gitInit(temporary, signal);
      },
    });
    git &&= gitProblem === undefined;
    emit({ type: 'wrote', path: `${folder}${sep}`, detail: `${files.length} files` });
    if (git) emit({ type: 'wrote', path: `${folder}${sep}`, detail: 'git repository' });
    if (gitProblem !== undefined)
      emit({ type: 'warning', message: `no git repository was made: ${gitProblem}` });
  }
  return {
    service: name,
    language,
    folder,
    files: files.map(({ path }) => path),
    ports: defaultPorts,
    git,
    readFirst: readFirst(language, name),
  };
}

interface Place {
  /** Absolute; what the service must really be inside of. */
  root: string;
  /** Absolute; the service's own. */
  folder: string;
  app: string;
  schema: string;
  lone: boolean;
}

async function findPlace({ name, calls, cwd }: NewOptions): Promise<Place> {
  const schema = `${stateFolder}/schemas/service.json`;
  const configuration = await loadIfAny(cwd);
  if (!configuration) {
    if (calls.length > 0) throw needsWorkspace(calls);
    return { root: cwd, folder: join(cwd, name), app: name, schema, lone: true };
  }
  const { folder: root, workspace, services } = configuration;
  if (!workspace) throw insideService(relative(cwd, root) || '.');
  const { name: app, services: patterns } = workspace.content!;
  const known = services.map(({ content }) => content!.name);
  const twin = services.find(({ content }) => content!.name === name);
  if (twin) throw nameTaken(name, app, relative(cwd, twin.file));
  checkCalls(name, calls, known, app);
  const path = newServicePath(patterns, name);
  if (path === undefined) throw noPlace(relative(cwd, workspace.file));
  const folder = join(root, path);
  return {
    root,
    folder,
    app,
    schema: relative(folder, join(root, schema)).split(sep).join('/'),
    lone: false,
  };
}

async function loadIfAny(cwd: string): Promise<Configuration | undefined> {
  try {
    return await loadConfiguration(cwd);
  } catch (error) {
    if (error instanceof ExpectedError && error.explanation.code === 'E_NO_WORKSPACE') return undefined;
    throw error;
  }
}

function checkCalls(name: string, calls: readonly string[], known: readonly string[], app: string): void {
  if (calls.includes(name)) {
    throw new ExpectedError({ code: 'E_NAME', exit: 'usage', message: `${name} cannot call itself` });
  }
  const unknown = calls.filter((callee) => !known.includes(callee));
  if (unknown.length > 0) throw notFound('service', [...new Set(unknown)], known, app);
}

function needsWorkspace(calls: readonly string[]): ExpectedError {
  return new ExpectedError({
    code: 'E_NOT_FOUND',
    exit: 'notFound',
    message: `there is no service to call: ${calls.join(', ')}`,
    why: 'this is no workspace, and a service outside of one is alone',
    hints: ['cloudnative init        make a workspace here, then its services one by one'],
  });
}

function nameTaken(name: string, app: string, file: string): ExpectedError {
  return new ExpectedError({
    code: 'E_EXISTS',
    exit: 'conflict',
    message: `${app} has a service ${name} already`,
    where: file,
    hints: ['choose another name'],
  });
}

function insideService(folder: string): ExpectedError {
  const above = join(folder, '..');
  return new ExpectedError({
    code: 'E_NO_PLACE',
    exit: 'notFound',
    message: 'this is inside a service, which is no place for another one',
    where: join(folder, serviceFileName),
    hints: [
      `cd ${above}        and try again, to make one beside it`,
      `cloudnative init ${above}        first, when they belong together`,
    ],
  });
}

function noPlace(file: string): ExpectedError {
  return new ExpectedError({
    code: 'E_NO_PLACE',
    exit: 'notFound',
    message: 'the workspace does not say where new services go',
    where: file,
    why: 'no entry of its services has one *',
    hints: ['add services/* to services'],
  });
}
