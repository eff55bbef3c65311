import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Installs and builds what a fresh clone lacks, and rebuilds what is older than its sources. */
export async function prepare(root) {
  if (!existsSync(join(root, 'node_modules/.package-lock.json')))
    run(root, 'npm', ['ci', '--no-audit', '--no-fund']);
  const built = modified(join(root, 'dist/prepared.json'));
  const sources = ['src', 'bin', 'templates', 'scripts', 'package.json'].map((name) =>
    newest(join(root, name)),
  );
  if (built < Math.max(...sources)) run(root, process.execPath, [join(root, 'scripts/build.mjs')]);
}

export function run(root, command, args) {
  const { status } = spawnSync(command, args, { cwd: root, stdio: ['ignore', 2, 2] });
  if (status !== 0) process.exit(status ?? 1);
}

function newest(path) {
  if (!statSync(path).isDirectory()) return modified(path);
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.includes('generated'))
    .reduce((latest, entry) => Math.max(latest, modified(join(entry.parentPath, entry.name))), 0);
}

function modified(path) {
  return existsSync(path) ? statSync(path).mtimeMs : 0;
}
