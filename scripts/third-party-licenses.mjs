import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The text of every licence of a package that has code in the bundle, sorted by package. */
export async function thirdPartyLicenses(root, metafile) {
  const folders = new Set();
  for (const output of Object.values(metafile.outputs)) {
    for (const input of Object.keys(output.inputs)) {
      const match = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input);
      if (match) folders.add(match[1]);
    }
  }
  const texts = await Promise.all([...folders].sort().map((folder) => licence(join(root, folder))));
  return `cloudnative contains code of these packages.\n\n${[...new Set(texts)].join('\n')}`;
}

async function licence(folder) {
  const { name, version, license } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  const files = (await readdir(folder)).filter((file) => /^(licen[cs]e|notice|copying)/i.test(file)).sort();
  const texts = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')));
  const title = `${name} ${version} (${typeof license === 'string' ? license : 'see below'})`;
  return `${'='.repeat(80)}\n${title}\n${'='.repeat(80)}\n${texts.map((text) => text.trim()).join('\n\n')}\n`;
}
