// npm test: installs and builds what a fresh clone lacks, then runs the tests; arguments go to vitest.
// With --long every point of the fault tests is tried, which takes most of an hour, instead of a share of them.
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { prepare } from './prepare.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
await prepare(root);
const given = process.argv.slice(2);
const args = given.filter((arg) => arg !== '--long');
const long = args.length < given.length ? { CLOUDNATIVE_TEST_LONG: '1' } : {};
const { status } = spawnSync(join(root, 'node_modules/.bin/vitest'), ['run', ...args], {
  cwd: root,
  env: { ...process.env, ...long },
  stdio: 'inherit',
});
process.exitCode = status ?? 1;
