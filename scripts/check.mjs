// Everything that can be judged without running the product: types, lint and format, dead code, package, shell scripts.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { prepare } from './prepare.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
await prepare(root);
const bin = (name) => join(root, 'node_modules/.bin', name);
const checks = [
  ['types', bin('tsc'), ['-p', '.']],
  ['lint and format', bin('biome'), ['check', '--max-diagnostics=20', '--error-on-warnings', '.']],
  ['unused files, exports, packages', bin('knip'), ['--no-progress']],
  ['package', bin('publint'), ['--strict']],
  ['architecture and docs', bin('vitest'), ['run', 'test/architecture', 'test/docs', '--reporter=dot']],
];
if (spawnSync('shellcheck', ['--version']).status === 0) {
  const scripts = readdirSync(join(root, 'test/lab'), { recursive: true }).filter((file) =>
    file.endsWith('.sh'),
  );
  const files = [
    '.ci/run',
    'test/lab/lab',
    'test/lab/kubernetes/pin',
    ...scripts.map((file) => `test/lab/${file}`),
  ];
  checks.push(['shell scripts', 'shellcheck', ['-x', ...files]]);
} else if (process.env.CI) {
  throw new Error('shellcheck is missing');
} else {
  console.error('SKIPPED shell scripts: shellcheck is not installed');
}
let failed = 0;
for (const [name, command, args] of checks) {
  const started = Date.now();
  const { status } = spawnSync(command, args, { cwd: root, stdio: 'inherit' });
  console.error(
    `${status === 0 ? 'ok    ' : 'FAILED'} ${name} ${((Date.now() - started) / 1000).toFixed(1)} s`,
  );
  if (status !== 0) failed++;
}
process.exitCode = failed === 0 ? 0 : 1;
