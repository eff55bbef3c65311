import { createHash } from 'node:crypto';
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { writeFileAtomic } from '../../system/atomic-file.ts';

/** A command that fills a folder, and all that its result depends on. */
interface Install {
  /** What it fills, relative to the service. */
  into: string;
  verb: string;
  /** Files whose content counts, there or not. */
  inputs: readonly string[];
  /** What else counts. */
  runtime: readonly string[];
}

/**
 * `npm ci` empties `node_modules` and fills it again, and `pip install` asks for every package, seconds at each change of a source
 * file. What they make depends on a few files and on the runtime alone; a note of them stands in the folder that they fill, where
 * whoever makes it anew removes it.
 */
export function isInstalled(argv: readonly string[], folder: string): boolean {
  const install = installOf(argv, folder);
  if (!install) return false;
  try {
    return readFileSync(noteOf(install, folder), 'utf8') === installDigest(install, argv, folder);
  } catch {
    return false;
  }
}

/** After the command has succeeded. */
export function noteInstalled(argv: readonly string[], folder: string): void {
  const install = installOf(argv, folder);
  if (install && existsSync(join(folder, install.into)))
    writeFileAtomic(noteOf(install, folder), installDigest(install, argv, folder));
}

function installOf(argv: readonly string[], folder: string): Install | undefined {
  const [program = '', ...words] = argv;
  const [first, second, third] = words;
  if (program === 'npm' && first === 'ci') {
    const inputs = ['package.json', 'package-lock.json', 'npm-shrinkwrap.json', '.npmrc'];
    return {
      into: 'node_modules',
      verb: 'npm-ci',
      inputs,
      runtime: [process.version, process.platform, process.arch],
    };
  }
  if (first !== '-m') return undefined;
  if (second === 'venv') {
    const into = words.slice(2).find((word) => !word.startsWith('-'));
    return into === undefined ? undefined : inEnvironment(into, 'venv', [], folder);
  }
  const into = /^([^/].*)\/bin\/python3?$/.exec(program)?.[1];
  if (into === undefined || second !== 'pip' || third !== 'install') return undefined;
  return inEnvironment(into, 'pip', filesOf(words), folder);
}

/** A virtual environment is for the one Python that its own leads to. */
function inEnvironment(into: string, verb: string, inputs: string[], folder: string): Install {
  const python = join(folder, into, 'bin', 'python');
  return { into, verb, inputs, runtime: existsSync(python) ? [realpathSync(python)] : [] };
}

/** The files of requirements, and those of constraints. */
function filesOf(words: readonly string[]): string[] {
  return words.filter((_, index) =>
    ['-r', '--requirement', '-c', '--constraint'].includes(words[index - 1]!),
  );
}

function noteOf({ into, verb }: Install, folder: string): string {
  return join(folder, into, `.cloudnative-${verb}`);
}

function installDigest({ inputs, runtime }: Install, argv: readonly string[], folder: string): string {
  const files = inputs.map((name) => {
    const path = join(folder, name);
    return existsSync(path) ? readFileSync(path, 'base64') : null;
  });
  return createHash('sha256')
    .update(JSON.stringify([argv, runtime, files]))
    .digest('hex');
}
