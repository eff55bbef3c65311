// npm test: installs and builds what a fresh clone lacks, then runs the tests; arguments go to vitest.
// With --long every point of the fault tests is tried, which takes most of an hour, instead of a share of them.
// With --kubernetes VERSION only the tests run that an API server is enough for, against the control plane of that version:
// it is started if need be, and stays up.
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { prepare } from './prepare.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const args = process.argv.slice(2);
const long = take('--long', 0) ? { CLOUDNATIVE_TEST_LONG: '1' } : {};
const version = take('--kubernetes', 1)?.[0];
await prepare(root);
if (version !== undefined) run('bash', [join(root, 'test/lab/lab'), 'up', version]);
const kubernetes = version === undefined ? {} : { CLOUDNATIVE_TEST_KUBERNETES: version };
run(join(root, 'node_modules/.bin/vitest'), ['run', ...args], { ...long, ...kubernetes });

/** Takes a flag out of the arguments, and as many of what follows it; undefined when it is not there. */
function take(flag, values) {
  const at = args.indexOf(flag);
  return at === -1 ? undefined : args.splice(at, 1 + values).slice(1);
}

function run(command, given, env = {}) {
  const { status } = spawnSync(command, given, {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: 'inherit',
  });
  if (status !== 0) process.exit(status ?? 1);
}
