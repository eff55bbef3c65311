import { type Command, InvalidArgumentError, Option } from 'commander';
import { parseDuration } from '../core/duration.ts';

/** Flags that mean the same wherever they appear. */
export const environmentFlag = () =>
  new Option('-e, --environment <name>', "environment (default: the workspace's own)");

export const outputFlag = (json = 'one document on stdout') =>
  new Option('-o, --output <format>', `table, or json: ${json}`).choices(['table', 'json']).default('table');

export const yesFlag = () => new Option('-y, --yes', 'agree to what would be asked');

export const timeoutFlag = (fallback: string) =>
  new Option('--timeout <duration>', 'longest time to wait, e.g. 90s or 5m')
    .argParser(duration)
    .default(duration(fallback), fallback);

export const kubeconfigFlag = () =>
  new Option('--kubeconfig <file>', 'kubeconfig to find the context in (default: as kubectl does)');

/** What a deploy or destroy removes only when asked: it holds data, or what others have made. */
const guardedKinds = ['PersistentVolumeClaim', 'PersistentVolume', 'Namespace', 'CustomResourceDefinition'];

export const pruneKindFlag = () =>
  new Option('--prune-kind <kinds>', `remove these too, by commas: ${guardedKinds.join(', ')}`).argParser(
    (text: string, earlier: string[] = []) => {
      const kinds = text.split(',');
      const unknown = kinds.find((kind) => !guardedKinds.includes(kind));
      if (unknown !== undefined)
        throw new InvalidArgumentError(`expected ${guardedKinds.join(', ')}; other kinds need no flag.`);
      return [...earlier, ...kinds];
    },
  );

/** An app that is a folder of Kubernetes manifests instead of a workspace. */
export interface FolderFlags {
  manifests?: string;
  recursive?: boolean;
  app?: string;
  namespace?: string;
  context?: string;
}

export interface EnvironmentFlags extends FolderFlags {
  environment?: string;
  kubeconfig?: string;
  pruneKind?: string[];
  deleteNamespace?: boolean;
}

/** Each names one object of the manifests; repeatable. */
export const forceConflictsFlag = () =>
  new Option('--force-conflicts <Kind/name>', 'take the fields of this object that others set (repeatable)')
    .argParser(collect)
    .default([], 'none');

export const replaceFlag = () =>
  new Option(
    '--replace <Kind/name>',
    'delete this object and make it anew where a field is fixed (repeatable)',
  )
    .argParser(collect)
    .default([], 'none');

export const pullSecretFlag = () =>
  new Option('--pull-secret', "on a cluster: let pods pull with this machine's registry login");

/** What a plan for a cluster may do beyond the usual. */
export interface AllowedFlags {
  forceConflicts: string[];
  replace: string[];
  pullSecret?: boolean;
  /** Only deploy has it. */
  preflight?: boolean;
}

function collect(value: string, earlier: readonly string[]): string[] {
  return [...earlier, value];
}

/** `reads`: the command looks into the folder, and not only at what it became. */
export function folderFlags(command: Command, { reads = false } = {}): Command {
  command.option('--manifests <folder>', 'Kubernetes manifests, instead of a workspace (with the next 3)');
  command.option('--app <name>', 'what to call them');
  command.option('-n, --namespace <name>', 'where they are');
  command.option('--context <name>', 'context of the kubeconfig');
  return reads ? command.option('-R, --recursive', 'read the subfolders of --manifests too') : command;
}

function duration(text: string): number {
  const ms = parseDuration(text);
  if (ms === undefined) throw new InvalidArgumentError('expected a duration such as 90s, 5m or 1m30s.');
  return ms;
}

/** Examples come after the flags, one `command  what it does` a line. */
export function examples(command: Command, lines: readonly (readonly [string, string])[]): Command {
  const width = Math.max(...lines.map(([text]) => text.length));
  const text = lines.map(([example, does]) => `  ${example.padEnd(width)}   ${does}`).join('\n');
  return command.addHelpText('after', `\nExamples:\n${text}`);
}
