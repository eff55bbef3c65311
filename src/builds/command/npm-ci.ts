import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeFileAtomic } from '../../system/atomic-file.ts';

/**
 * `npm ci` empties `node_modules` and fills it again, seconds at each change of a source file. What it makes depends on a few files
 * and on Node alone; a note of them stands in `node_modules`, where every other `npm ci` removes it.
 */
export function isInstalled(argv: readonly string[], folder: string): boolean {
  if (!isNpmCi(argv)) return false;
  try {
    return readFileSync(noteIn(folder), 'utf8') === installDigest(argv, folder);
  } catch {
    return false;
  }
}

/** After the command has succeeded. */
export function noteInstalled(argv: readonly string[], folder: string): void {
  if (isNpmCi(argv) && existsSync(join(folder, 'node_modules')))
    writeFileAtomic(noteIn(folder), installDigest(argv, folder));
}

function isNpmCi([program, verb]: readonly string[]): boolean {
  return program === 'npm' && verb === 'ci';
}

function noteIn(folder: string): string {
  return join(folder, 'node_modules', '.cloudnative-npm-ci');
}

const inputs = ['package.json', 'package-lock.json', 'npm-shrinkwrap.json', '.npmrc'];

function installDigest(argv: readonly string[], folder: string): string {
  const files = inputs.map((name) => {
    const path = join(folder, name);
    return existsSync(path) ? readFileSync(path, 'base64') : null;
  });
  const node = [process.version, process.platform, process.arch];
  return createHash('sha256')
    .update(JSON.stringify([argv, node, files]))
    .digest('hex');
}
