// npm run bench: prints, asserts nothing. Start-up as a ratio to an empty Node program in interleaved runs, and the time from idea to metric.
// npm run bench -- engine: what reading, judging, ordering and applying cost without any network, by the number of objects.
// npm run bench -- kubernetes: deploys to the lab's cluster as ratios to kubectl and to bare requests (BENCH_ROUNDS, usually 5).
// npm run bench -- explain: what `scrape-config --explain` costs beside asking for the pods.
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { prepare } from '../scripts/prepare.mjs';
import { engine } from './engine.mjs';
import { explainPods } from './explain.mjs';
import { ideaToMetric } from './idea-to-metric.mjs';
import { kubernetes } from './kubernetes.mjs';
import { startUp } from './start-up.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
await prepare(root);
const bin = join(root, 'bin/cloudnative.js');

console.log(`Node ${process.version}, ${spawnSync('uname', ['-sm'], { encoding: 'utf8' }).stdout.trim()}\n`);
if (process.argv[2] === 'kubernetes') await printKubernetes();
else if (process.argv[2] === 'engine') {
  console.log('milliseconds without network; the last column is to stay near 1');
  print(['objects', 'read', 'check', 'order', 'apply', 'an object', 'ratio'], await engine());
} else if (process.argv[2] === 'explain') {
  console.log('median milliseconds of discovery and relabelling, without network');
  print(['pods', 'discovered', 'ms', 'goal'], await explainPods());
} else {
  console.log('start-up, interleaved runs; ratio of medians to `node -e 0`');
  print(['command', 'median', 'p10', 'ratio', 'goal'], await startUp(bin));
  console.log('\nidea to first scraped metric on the process target: new, deploy, scrape');
  print(['npm cache', 'service', 'seconds', 'goal'], await ideaToMetric(bin));
}

async function printKubernetes() {
  console.log('medians of interleaved runs; nothing is waited for, as kubectl does not wait either');
  for await (const { title, heading, rows } of kubernetes(bin)) {
    console.log(`\n${title}`);
    print(heading, rows);
  }
}

function print(heading, rows) {
  const all = [heading, ...rows.map((row) => row.map(String))];
  const widths = heading.map((_, column) => Math.max(...all.map((row) => row[column].length)));
  for (const row of all)
    console.log(
      `  ${row
        .map((cell, column) => cell.padEnd(widths[column]))
        .join('  ')
        .trimEnd()}`,
    );
}
