import { resolve } from 'node:path';
import { ExpectedError } from '../core/errors.ts';
import { nameProblem } from '../core/names.ts';
import { shellWord } from '../core/shell-word.ts';
import { defaultPorts } from '../workspace/defaults.ts';
import type { Service, Workspace } from '../workspace/model.ts';
import type { EnvironmentFlags, FolderFlags } from './flags.ts';

/** The one environment of an app that has no workspace; its objects are labelled with it. */
export const folderEnvironment = 'default';

/**
 * The app that `--manifests` describes, as a workspace of one service that has nothing to build; undefined without that flag.
 * Throws E_USAGE (2) with the flags to add, or for names that cannot be.
 */
export function folderApp(flags: EnvironmentFlags, cwd: string): Workspace | undefined {
  const { manifests, app, namespace, context, environment } = flags;
  if (manifests === undefined) {
    const alone = Object.entries(spelled).find(([flag]) => flags[flag as keyof FolderFlags] !== undefined);
    if (!alone) return undefined;
    const message = `${alone[1].split(' ')[0]} goes with --manifests, for an app without a workspace`;
    throw usage(message, ['-e <environment>        chooses the context and namespace of a workspace']);
  }
  if (environment !== undefined)
    throw usage('--manifests and -e exclude each other', ['leave -e out: the flags name the place']);
  if (app === undefined || namespace === undefined || context === undefined) {
    const missing = needed.filter((flag) => flags[flag] === undefined).map((flag) => spelled[flag]);
    throw usage(`--manifests needs ${list(missing.map((flag) => flag.split(' ')[0]!))} too`, [
      `add ${missing.join(' ')}`,
    ]);
  }
  checkName('--app', app, 'dns1035Label');
  checkName('--namespace', namespace, 'dns1123Label');
  const folder = resolve(cwd, manifests);
  const shown = [manifests, app, namespace, context].map(shellWord);
  const place = {
    name: folderEnvironment,
    target: 'kubernetes' as const,
    context,
    namespace,
    services: {},
    flags: `--manifests ${shown[0]} --app ${shown[1]} -n ${shown[2]} --context ${shown[3]}`,
  };
  return {
    name: app,
    folder,
    services: [serviceOf(app, folder)],
    environments: { [folderEnvironment]: place },
    defaultEnvironment: folderEnvironment,
    lone: true,
  };
}

export function isFolderApp({ environments }: Workspace): boolean {
  return environments[folderEnvironment]?.flags !== undefined;
}

const needed = ['app', 'namespace', 'context'] as const;
const spelled = {
  app: '--app <name>',
  namespace: '-n <namespace>',
  context: '--context <context>',
  recursive: '-R',
} as const;

function serviceOf(name: string, folder: string): Service {
  return {
    name,
    folder,
    path: '.',
    ports: defaultPorts,
    image: { dockerfile: resolve(folder, 'Dockerfile'), context: folder, args: {} },
    build: [],
    run: [],
    calls: [],
    env: {},
    manifests: folder,
  };
}

function checkName(flag: string, name: string, kind: 'dns1035Label' | 'dns1123Label'): void {
  const problem = nameProblem(kind, name);
  if (problem) throw usage(`${JSON.stringify(name)} cannot be the value of ${flag}`, [], problem);
}

function usage(message: string, hints: readonly string[], why?: string): ExpectedError {
  return new ExpectedError({ code: 'E_USAGE', exit: 'usage', message, why, hints });
}

function list(words: readonly string[]): string {
  return words.length < 2 ? words.join() : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}
