// Makes docs/run.svg, the picture in the README, from a real run. Run it again when the output changes: node scripts/picture.mjs
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { prepare } from './prepare.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const columns = 80;
const lineHeight = 18;
const characterWidth = 8.4;
const colours = {
  1: 'font-weight:bold',
  2: 'fill:#8b949e',
  31: 'fill:#ff7b72',
  32: 'fill:#7ee787',
  33: 'fill:#f2cc60',
};

await prepare(root);
const folder = await mkdtemp(join(tmpdir(), 'cloudnative-picture-'));
try {
  const shop = join(folder, 'shop');
  const lines = [
    ...run(folder, 'init', 'shop').slice(0, 1),
    ...run(shop, 'new', 'catalog', '--lang', 'go').slice(0, 3),
    ...run(shop, 'new', 'orders', '--calls', 'catalog').slice(0, 3),
    ...run(shop, 'deploy').filter((line) => line && !/^ {2}cloudnative/.test(line)),
    ...run(shop, 'status'),
    ...run(shop, 'scrape-config').slice(0, 12),
  ];
  run(shop, 'destroy');
  await writeFile(join(root, 'docs/run.svg'), picture(lines));
} finally {
  await rm(folder, { recursive: true, force: true });
}

function run(cwd, ...args) {
  const env = { ...process.env, FORCE_COLOR: '1', LANG: 'C.UTF-8' };
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(root, 'bin/cloudnative.js'), ...args],
    { cwd, env, encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(stderr);
  const text = `${stderr}${stdout}`.trimEnd();
  return [`\u001b[1m$ cloudnative ${args.join(' ')}\u001b[22m`, ...text.split('\n'), ''];
}

function picture(lines) {
  const width = columns * characterWidth + 32;
  const height = lines.length * lineHeight + 40;
  const rows = lines.map(
    (line, index) => `<text x="16" y="${36 + index * lineHeight}" xml:space="preserve">${spans(line)}</text>`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="A terminal: two services are made, deployed and listed">
<style>text{font:14px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;fill:#e6edf3}</style>
<rect width="100%" height="100%" rx="8" fill="#0d1117"/>
${rows.join('\n')}
</svg>
`;
}

/** The coloured stretches of one line; only the codes that the program uses. */
function spans(line) {
  const active = new Set();
  return line
    .split(/(\u001b\[[0-9;]*m)/)
    .map((piece) => {
      const code = /^\u001b\[([0-9;]*)m$/.exec(piece)?.[1];
      if (code === undefined)
        return active.size > 0 && piece
          ? `<tspan style="${[...active].join(';')}">${escaped(piece)}</tspan>`
          : escaped(piece);
      if (code === '22') for (const name of [1, 2]) active.delete(colours[name]);
      else if (code === '39') for (const name of [31, 32, 33]) active.delete(colours[name]);
      else if (colours[code]) active.add(colours[code]);
      return '';
    })
    .join('');
}

function escaped(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
