// npm run demo [-- FOLDER]: makes the workspace `shop` in .demo/ (or FOLDER), starts its two services here, lets one call the other, shows their metrics.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { prepare } from './prepare.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const folder = resolve(process.argv[2] ?? join(root, '.demo'));
const shop = join(folder, 'shop');
const calls = 5;

await prepare(root);
await mkdir(folder, { recursive: true });
if (!existsSync(join(shop, 'cloudnative.yaml'))) {
  const go = spawnSync('go', ['version']).status === 0;
  if (!go) say('Go was not found: both services are TypeScript.');
  cloudnative(folder, 'init', 'shop');
  cloudnative(shop, 'new', 'catalog', '--lang', go ? 'go' : 'ts');
  cloudnative(shop, 'new', 'orders', '--lang', 'ts', '--calls', 'catalog');
}
cloudnative(shop, 'deploy');

const { data } = JSON.parse(output(shop, 'status', '-o', 'json'));
const url = (name) => data.services.find(({ service }) => service === name).url;
say(`$ curl --json '{"name":"tea","quantity":2}' ${url('orders')}/v1/items      (${calls} times)`);
for (let call = 0; call < calls; call++) {
  const body = JSON.stringify({ name: 'tea', quantity: 2 });
  const response = await fetch(`${url('orders')}/v1/items`, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json' },
  });
  if (response.status !== 201)
    throw new Error(`orders answered ${response.status}: ${await response.text()}`);
  if (call === calls - 1) console.log(await response.text());
}

const config = output(shop, 'scrape-config');
const prometheus = findPrometheus();
say(
  prometheus
    ? 'metrics, asked of a real Prometheus with the configuration of `cloudnative scrape-config`:'
    : 'metrics, scraped directly (no Prometheus was found on this machine):',
);
const lines = prometheus ? await askPrometheus(prometheus, config) : await scrape(config);
console.log(lines.join('\n'));
say('Both services go on running. To look at them, and to stop them:');
console.log(
  `  cd ${relativeToHere(shop)}\n  ${join(root, 'bin/cloudnative.js')} status\n  ${join(root, 'bin/cloudnative.js')} destroy`,
);

function cloudnative(cwd, ...args) {
  say(`$ cloudnative ${args.join(' ')}`);
  const { status } = spawnSync(process.execPath, [join(root, 'bin/cloudnative.js'), ...args], {
    cwd,
    stdio: 'inherit',
  });
  if (status !== 0) process.exit(status ?? 1);
}

function output(cwd, ...args) {
  return execFileSync(process.execPath, [join(root, 'bin/cloudnative.js'), ...args], {
    cwd,
    encoding: 'utf8',
  });
}

function say(text) {
  console.log(`\n${text}`);
}

function relativeToHere(path) {
  return path.startsWith(`${process.cwd()}/`) ? path.slice(process.cwd().length + 1) : path;
}

function findPrometheus() {
  const lab = join(
    process.env.CLOUDNATIVE_LAB_DIR ?? join(homedir(), '.cache/cloudnative-lab'),
    'bin/prometheus/prometheus',
  );
  return [process.env.PROMETHEUS, 'prometheus', lab].find(
    (program) => program && spawnSync(program, ['--version']).status === 0,
  );
}

/** Runs Prometheus for a few seconds on a port of its own and asks for what the demo is about. */
async function askPrometheus(program, text) {
  const data = await mkdtemp(join(tmpdir(), 'cloudnative-demo-'));
  const port = await freePort();
  await writeFile(
    join(data, 'prometheus.yml'),
    text
      .replace(/scrape_interval: .*/, 'scrape_interval: 1s')
      .replace(/scrape_timeout: .*/, 'scrape_timeout: 1s'),
  );
  const flags = [
    `--config.file=${data}/prometheus.yml`,
    `--storage.tsdb.path=${data}/tsdb`,
    `--web.listen-address=127.0.0.1:${port}`,
    '--log.level=error',
  ];
  const server = spawn(program, flags, { stdio: ['ignore', 'ignore', 'inherit'] });
  try {
    for (let attempt = 0; attempt < 100; attempt++) {
      const found = await query(port).catch(() => []);
      if (found.filter((line) => line.startsWith('items_created_total')).length === 2) return found;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    throw new Error('Prometheus did not see both services within 20 s');
  } finally {
    server.kill();
    await new Promise((resolve) => server.once('exit', resolve));
    await rm(data, { recursive: true, force: true });
  }
}

async function query(port) {
  const lines = [];
  for (const metric of ['up', 'items_created_total']) {
    const response = await fetch(`http://127.0.0.1:${port}/api/v1/query?query=${metric}`);
    const { data } = await response.json();
    for (const { metric: labels, value } of data.result)
      lines.push(`${metric}{service="${labels.service}",env="${labels.env}"} ${value[1]}`);
  }
  return lines;
}

async function scrape(text) {
  const addresses = [...text.matchAll(/127\.0\.0\.1:\d+/g)].map(([address]) => address);
  const pages = await Promise.all(
    addresses.map(async (address) => (await fetch(`http://${address}/metrics`)).text()),
  );
  return pages.flatMap((page, index) =>
    page
      .split('\n')
      .filter((line) => /^items_created_total/.test(line))
      .map((line) => `${addresses[index]}  ${line}`),
  );
}

function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
