import { chmod, cp, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import { renderTemplate, type Template } from '../../../src/scaffold/template.ts';
import { templateVariables } from '../../../src/scaffold/variables.ts';
import { tempTree } from '../../integration/workspace/temp-tree.ts';

const project = fileURLToPath(new URL('../../..', import.meta.url));
const { generate } = await import(pathToFileURL(join(project, 'scripts/generate.mjs')).href);

const variables = templateVariables({
  name: 'order-desk',
  language: 'ts',
  app: 'shop',
  calls: ['catalog', 'billing'],
  ports: { http: 8080, admin: 9100 },
  schema: 'schema.json',
});
const alone = { ...variables, calls: [] };

describe('a template', () => {
  test('is rendered as its authors were told', async () => {
    const template = await templateOf({
      'ts/_gitignore': 'dist/\n{{name}} & $1 as it is\n',
      'ts/_github/_x/a.txt': 'a',
      'ts/__init__.py': '',
      'ts/proto/{{snake}}/v1/items.proto.hbs': 'package {{snake}}.v1;\n',
      'ts/{{name}}.txt': 'copied {{name}}\n',
      'ts/calls.txt.hbs':
        '{{#if calls}}\n{{#each calls}}\n{{name}} <{{env}}> && "{{pascal}}"{{#unless @last}},{{/unless}}\n{{/each}}\n{{/if}}\n',
      'ts/nested.txt.hbs':
        '{{ports.http}} {{#with ports}}{{admin}}{{/with}} {{#each calls}}{{../app}} {{/each}}\n',
      'ts/run.sh': '#!/bin/sh\n',
      'ts/umlauts.txt': '\uFEFFgrün\r\nno end of line',
    });
    expect(
      Object.fromEntries(renderTemplate(template, variables).map(({ path, text }) => [path, text])),
    ).toEqual({
      '.gitignore': 'dist/\n{{name}} & $1 as it is\n',
      '.github/.x/a.txt': 'a',
      '__init__.py': '',
      'proto/order_desk/v1/items.proto': 'package order_desk.v1;\n',
      'order-desk.txt': 'copied {{name}}\n',
      'calls.txt': 'catalog <CATALOG_URL> && "Catalog",\nbilling <BILLING_URL> && "Billing"\n',
      'nested.txt': '8080 9100 shop shop \n',
      'run.sh': '#!/bin/sh\n',
      'umlauts.txt': '\uFEFFgrün\r\nno end of line',
    });
    expect(renderTemplate(template, alone).map(({ path }) => path)).not.toContain('calls.txt');
  });

  test('takes a file of its language before the common one', async () => {
    const template = await templateOf({
      'common/a': 'common',
      'common/b.hbs': 'common',
      'ts/a': 'own',
      'ts/b': 'own',
      'go/a': 'go',
    });
    expect(renderTemplate(template, variables)).toEqual([
      { path: 'a', mode: 0o644, text: 'own' },
      { path: 'b', mode: 0o644, text: 'own' },
    ]);
  });

  test('keeps what is executable, and no other bit', async () => {
    const root = await projectWith({ 'ts/run': 'x', 'ts/own': 'y' });
    await chmod(join(root, 'templates/services/ts/run'), 0o700);
    await chmod(join(root, 'templates/services/ts/own'), 0o666);
    expect((await built(root)).files.map(({ path, mode }) => [path, mode])).toEqual([
      ['own', 0o644],
      ['run', 0o755],
    ]);
  });

  test("leaves out what is an author's own", async () => {
    const template = await templateOf({ 'ts/a': '', 'ts/.DS_Store': '', 'ts/node_modules/x/index.js': '' });
    expect(template.files.map(({ path }) => path)).toEqual(['a']);
  });

  test('with an unknown variable cannot be rendered', async () => {
    const template = await templateOf({ 'ts/a.hbs': '{{nmae}}' });
    expect(() => renderTemplate(template, variables)).toThrow(/nmae/);
    const path = await templateOf({ 'ts/{{nmae}}': '' });
    expect(() => renderTemplate(path, variables)).toThrow(/\{\{nmae\}\}/);
  });

  test.each([
    ['a mistake in it', { 'ts/bad.hbs': '{{#if calls}}' }, /bad\.hbs: /],
    ['a helper that is not built in', { 'ts/bad.hbs': '{{shout name}}' }, /bad\.hbs: /],
    [
      'names that differ in case alone',
      { 'ts/README': '', 'ts/readme': '' },
      /are one file where case does not count/,
    ],
    ['bytes that are no text', { 'ts/bad': Buffer.from([0xff, 0xfe]) }, /not valid/],
  ])('is refused for %s', async (_, files, message) => {
    const root = await projectWith(files);
    await expect(generate(root)).rejects.toThrow(message);
  });

  test.each(['/etc/passwd', '../../secret', 'nowhere'])('is refused for a link to %s', async (target) => {
    const root = await projectWith({ 'ts/a': '' });
    await symlink(target, join(root, 'templates/services/ts/link'));
    await expect(generate(root)).rejects.toThrow(/link is neither a file nor a folder/);
  });

  test('has a version that moves with any of its files, names and modes', async () => {
    const versions = new Set<string>();
    const root = await projectWith({ 'ts/a': 'x', 'common/b': 'y' });
    versions.add((await built(root)).version);
    await writeFile(join(root, 'templates/services/common/b'), 'z');
    versions.add((await built(root)).version);
    await chmod(join(root, 'templates/services/ts/a'), 0o755);
    versions.add((await built(root)).version);
    await cp(join(root, 'templates/services/ts/a'), join(root, 'templates/services/ts/c'));
    versions.add((await built(root)).version);
    expect(versions.size).toBe(4);
  });
});

describe('the generated folders', () => {
  test('are left alone when nothing changed, and hold nothing stale', async () => {
    const root = await projectWith({ 'ts/a': 'x' });
    await generate(root);
    const folder = join(root, 'src/scaffold/generated');
    expect((await readdir(folder)).sort()).toEqual([
      'go.d.ts',
      'go.js',
      'python.d.ts',
      'python.js',
      'schemas.d.ts',
      'schemas.js',
      'ts.d.ts',
      'ts.js',
    ]);
    const before = await stat(join(folder, 'ts.js'));
    await writeFile(join(folder, 'rust.js'), '');
    await generate(root);
    expect((await stat(join(folder, 'ts.js'))).mtimeMs).toBe(before.mtimeMs);
    expect(await readdir(folder)).not.toContain('rust.js');
  });

  test('need no package at run time but the renderer', async () => {
    for (const path of [
      'workspace/generated/validators.js',
      'scaffold/generated/ts.js',
      'scaffold/generated/go.js',
    ]) {
      const code = await readFile(join(project, 'src', path), 'utf8');
      expect(code).not.toMatch(/\brequire\(|^import /m);
    }
  });
});

async function templateOf(files: Record<string, string>): Promise<Template> {
  return built(await projectWith(files));
}

async function built(root: string): Promise<Template> {
  await generate(root);
  const copy = join(root, `${Math.random()}.mjs`);
  await cp(join(root, 'src/scaffold/generated/ts.js'), copy);
  return import(pathToFileURL(copy).href);
}

/** A project with our schemas and these templates. */
async function projectWith(files: Record<string, string | Buffer>): Promise<string> {
  const inPlace = Object.entries(files).map(([path, content]) => [`templates/services/${path}`, content]);
  const root = await tempTree(Object.fromEntries(inPlace));
  await mkdir(join(root, 'src/workspace'), { recursive: true });
  await cp(join(project, 'src/workspace/schemas'), join(root, 'src/workspace/schemas'), { recursive: true });
  return root;
}
