import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { program } from '../../src/cli/program.ts';
import { createUi } from '../../src/cli/ui/ui.ts';
import { exitCodes } from '../../src/core/exit-codes.ts';

const root = new URL('../../', import.meta.url).pathname;
const pages = [
  'README.md',
  ...readdirSync(join(root, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];
const read = (page: string) => readFileSync(join(root, page), 'utf8');

describe('the exit codes', () => {
  it('are the ones of the program', () => {
    const rows = [...read('docs/exit-codes.md').matchAll(/^\| (\d+) \| (\w+) \|/gm)];
    expect(Object.fromEntries(rows.map(([, code, kind]) => [kind, Number(code)]))).toEqual(exitCodes);
  });
});

describe.each(pages)('%s', (page) => {
  it('links to what exists', () => {
    const links = [...read(page).matchAll(/\]\(([^)#]+)\)/g)]
      .map(([, to]) => to!)
      .filter((to) => !to.includes('://'));
    const folder = page.includes('/') ? 'docs' : '.';
    expect(links.filter((to) => !existsSync(join(root, folder, to)))).toEqual([]);
  });

  it('names only commands and flags that there are', () => {
    const cli = program({
      ui: createUi({ json: false }),
      signal: new AbortController().signal,
      endWith: () => undefined,
    });
    const unknown: string[] = [];
    for (const [, line] of read(page).matchAll(/(?:^|`|\$ )cloudnative ([a-z][^\n`|>#]*)/gm)) {
      const [name, ...words] = line!.trim().split(/\s+/);
      const command = cli.commands.find((one) => one.name() === name || one.aliases().includes(name!));
      const flags = words.filter((word) => /^-/.test(word)).map((flag) => flag.replace(/=.*/, ''));
      const known = command?.options.flatMap(({ long, short }) => [long, short]) ?? [];
      if (!command) unknown.push(`cloudnative ${line}`);
      else
        unknown.push(
          ...flags
            .filter((flag) => flag !== '--help' && !known.includes(flag))
            .map((flag) => `${name} ${flag}`),
        );
    }
    expect(unknown).toEqual([]);
  });
});

describe('the help', () => {
  it('fits 80 columns, of every command', async () => {
    let printed = '';
    const print = (text: string) => {
      printed += text;
    };
    const ui = { ...createUi({ json: false }), print };
    const cli = () => program({ ui, signal: new AbortController().signal, endWith: () => undefined });
    for (const { name } of cli().commands.map((command) => ({ name: command.name() })))
      if (name !== 'help')
        await cli()
          .parseAsync([name, '--help'], { from: 'user' })
          .catch(() => undefined);
    await cli()
      .parseAsync(['--help'], { from: 'user' })
      .catch(() => undefined);
    expect(printed).toMatch(/cloudnative destroy -e docker/);
    expect(printed.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });
});

describe('docs/layout.md', () => {
  it('describes every folder of src, and none that is not there', () => {
    const described = [...read('docs/layout.md').matchAll(/^\| `src\/([^`]+)\/` \|/gm)].map(
      ([, folder]) => folder,
    );
    const folders = readdirSync(join(root, 'src'), { withFileTypes: true }).map(({ name }) => name);
    const targets = readdirSync(join(root, 'src/targets'), { withFileTypes: true }).filter((entry) =>
      entry.isDirectory(),
    );
    expect(described.sort()).toEqual([...folders, ...targets.map(({ name }) => `targets/${name}`)].sort());
  });
});
