import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Rows: state of the npm cache, language, seconds, goal. */
export async function ideaToMetric(bin) {
  const cache = await mkdtemp(join(tmpdir(), 'cloudnative-bench-cache-'));
  try {
    const rows = [
      ['empty', 'TypeScript', await measure(bin, 'ts', cache), '<= 60'],
      ['warm', 'TypeScript', await measure(bin, 'ts', cache), '<= 10'],
    ];
    if (spawnSync('go', ['version']).status === 0)
      rows.push(['(Go build cache as it is)', 'Go', await measure(bin, 'go', cache), '<= 10']);
    if (spawnSync('python3', ['--version']).status === 0)
      rows.push(['(pip cache as it is)', 'Python', await measure(bin, 'python', cache), '']);
    return rows;
  } finally {
    await rm(cache, { recursive: true, force: true });
  }
}

async function measure(bin, language, cache) {
  const folder = await mkdtemp(join(tmpdir(), 'cloudnative-bench-'));
  const service = join(folder, 'hello');
  const env = { ...process.env, npm_config_cache: cache };
  const run = (cwd, ...args) =>
    execFileSync(process.execPath, [bin, ...args], {
      cwd,
      env,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  const started = Date.now();
  try {
    run(folder, 'new', 'hello', '--lang', language);
    run(service, 'deploy');
    const address = /127\.0\.0\.1:\d+/.exec(run(service, 'scrape-config'))[0];
    const page = await (await fetch(`http://${address}/metrics`)).text();
    if (!page.includes('items_created_total')) throw new Error('the metric is not there');
    return ((Date.now() - started) / 1000).toFixed(1);
  } finally {
    spawnSync(process.execPath, [bin, 'destroy'], { cwd: service });
    await rm(folder, { recursive: true, force: true });
  }
}
