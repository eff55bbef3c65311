// npm run bench: prints, asserts nothing. Start-up as a ratio to an empty Node program in interleaved runs, and the time from idea to metric.
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { prepare } from '../scripts/prepare.mjs';
import { ideaToMetric } from './idea-to-metric.mjs';
import { startUp } from './start-up.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
await prepare(root);
const bin = join(root, 'bin/cloudnative.js');

console.log(`Node ${process.version}, ${spawnSync('uname', ['-sm'], { encoding: 'utf8' }).stdout.trim()}\n`);
console.log('start-up, interleaved runs; ratio of medians to `node -e 0`');
print(['command', 'median', 'p10', 'ratio', 'goal'], await startUp(bin));
console.log('\nidea to first scraped metric on the process target: new, deploy, scrape');
print(['npm cache', 'service', 'seconds', 'goal'], await ideaToMetric(bin));

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
