import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const runs = 25;

/** Rows: command, median ms, 10th percentile ms, ratio to `node -e 0`, goal. One run of each in turn, so that drift hits all alike. */
export async function startUp(bin) {
  const folder = await mkdtemp(join(tmpdir(), 'cloudnative-bench-'));
  let number = 0;
  const commands = [
    ['node -e 0', () => ['-e', '0'], ''],
    ['--version', () => [bin, '--version'], '<= 1.1'],
    ['--help', () => [bin, '--help'], '<= 1.3'],
    ['deploy --help', () => [bin, 'deploy', '--help'], ''],
    ['new --lang ts', () => [bin, 'new', `s${number++}`, '--lang', 'ts'], '<= 4'],
    ['new --lang go', () => [bin, 'new', `s${number++}`, '--lang', 'go'], '<= 4'],
    ['new --lang python', () => [bin, 'new', `s${number++}`, '--lang', 'python'], '<= 4'],
  ];
  try {
    spawnSync(process.execPath, [bin, 'init'], { cwd: folder }); // a workspace: no git repository is made for each service
    const times = commands.map(() => []);
    for (let run = 0; run <= runs; run++) {
      for (const [index, [, args]] of commands.entries()) {
        const started = process.hrtime.bigint();
        const { status, stderr } = spawnSync(process.execPath, args(), { cwd: folder });
        if (status !== 0) throw new Error(String(stderr));
        if (run > 0) times[index].push(Number(process.hrtime.bigint() - started) / 1e6);
      }
    }
    const base = quantile(times[0], 0.5);
    return commands.map(([name, , goal], index) => {
      const median = quantile(times[index], 0.5);
      return [
        name,
        `${median.toFixed(0)} ms`,
        `${quantile(times[index], 0.1).toFixed(0)} ms`,
        (median / base).toFixed(2),
        goal,
      ];
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function quantile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(share * (sorted.length - 1))];
}
