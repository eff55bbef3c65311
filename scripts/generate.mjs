// Writes the git-ignored src/**/generated: validators from the JSON Schemas, and the service templates as precompiled modules.
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { TextDecoder } from 'node:util';
import Ajv from 'ajv';
import standaloneCode from 'ajv/dist/standalone/index.js';
import Handlebars from 'handlebars';

const languages = ['ts', 'go', 'python'];
const schemas = ['workspace', 'service'];
const builtInHelpers = { if: true, unless: true, each: true, with: true };

/** Brings src/**\/generated below `root` up to date; files that would not change are left alone. */
export async function generate(root) {
  const schemaFolder = join(root, 'src/workspace/schemas');
  // All is made before any is written, so that a mistake leaves what was there.
  const [validatorFiles, schemaFiles, templateFiles] = await Promise.all([
    validators(schemaFolder),
    schemaTexts(schemaFolder),
    templates(join(root, 'templates/services')),
  ]);
  await replaceFolder(join(root, 'src/workspace/generated'), validatorFiles);
  await replaceFolder(join(root, 'src/scaffold/generated'), { ...schemaFiles, ...templateFiles });
}

async function validators(folder) {
  const ajv = new Ajv({
    allErrors: true,
    verbose: true,
    allowUnionTypes: true,
    code: { source: true, esm: true, lines: true },
  });
  // Read by editors, and by us in place of "must match pattern".
  ajv.addKeyword({ keyword: 'patternErrorMessage', schemaType: 'string' });
  for (const name of schemas)
    ajv.addSchema(JSON.parse(await readFile(join(folder, `${name}.json`), 'utf8')), name);
  const code = standaloneCode(ajv, { validateWorkspace: 'workspace', validateService: 'service' });
  if (/\brequire\(/.test(code))
    throw new Error('the schemas use a keyword that needs the ajv package at run time');
  const types = [
    "import type { SchemaValidator } from '../schema-validator.ts';",
    'export declare const validateWorkspace: SchemaValidator;',
    'export declare const validateService: SchemaValidator;',
  ];
  return { 'validators.js': code, 'validators.d.ts': lines(types) };
}

async function schemaTexts(folder) {
  const texts = {};
  for (const name of schemas) texts[name] = await readFile(join(folder, `${name}.json`), 'utf8');
  return {
    'schemas.js': lines(
      schemas.map((name) => `export const ${name}Schema = ${JSON.stringify(texts[name])};`),
    ),
    'schemas.d.ts': lines(schemas.map((name) => `export declare const ${name}Schema: string;`)),
  };
}

async function templates(folder) {
  const common = await readTemplates(join(folder, 'common'));
  const modules = {};
  for (const language of languages) {
    const own = await readTemplates(join(folder, language));
    const files = own.length === 0 ? [] : merge(common, own);
    modules[`${language}.js`] = lines([
      `export const version = '${fingerprint(files)}';`,
      'export const files = [',
      ...files.map(moduleEntry),
      '];',
    ]);
    modules[`${language}.d.ts`] = lines([
      "import type { TemplateFile } from '../template.ts';",
      'export declare const version: string;',
      'export declare const files: readonly TemplateFile[];',
    ]);
  }
  return modules;
}

/** Every file below a folder, none when it is missing. Dot files and node_modules are an author's own, never part of a template. */
async function readTemplates(folder, path = '') {
  const found = [];
  const entries = await readdir(join(folder, path), { withFileTypes: true }).catch((error) => {
    if (error.code === 'ENOENT' && path === '') return [];
    throw error;
  });
  for (const entry of entries) {
    const here = join(path, entry.name);
    if (entry.name.startsWith('.') || entry.name === 'node_modules') continue;
    if (entry.isDirectory()) found.push(...(await readTemplates(folder, here)));
    else if (entry.isFile()) found.push(await readTemplate(folder, here));
    else throw new Error(`${join(folder, here)} is neither a file nor a folder`);
  }
  return found;
}

async function readTemplate(folder, path) {
  const file = join(folder, path);
  const compiled = path.endsWith('.hbs');
  const segments = (compiled ? path.slice(0, -'.hbs'.length) : path).split('/');
  const executable = ((await stat(file)).mode & 0o100) !== 0;
  return {
    file,
    path: segments.map((segment) => segment.replace(/^_(?!_)/, '.')).join('/'),
    mode: executable ? '0o755' : '0o644',
    compiled,
    text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(await readFile(file)),
  };
}

/** A language's own file takes the place of the common one with its path. */
function merge(common, own) {
  const byPath = new Map([...common, ...own].map((file) => [file.path, file]));
  const folded = new Map();
  for (const { path, file } of byPath.values()) {
    const other = folded.get(path.toLowerCase());
    if (other) throw new Error(`${file} and ${other} are one file where case does not count`);
    folded.set(path.toLowerCase(), file);
  }
  return [...byPath.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}

function fingerprint(files) {
  const hash = createHash('sha256');
  for (const { path, mode, compiled, text } of files)
    hash.update(JSON.stringify([path, mode, compiled, text]));
  return hash.digest('hex').slice(0, 12);
}

function moduleEntry({ file, path, mode, compiled, text }) {
  const head = `  { path: ${JSON.stringify(path)}, mode: ${mode}, `;
  if (!compiled) return `${head}text: ${JSON.stringify(text)} },`;
  try {
    const options = { noEscape: true, strict: true, knownHelpers: builtInHelpers, knownHelpersOnly: true };
    return `${head}template: ${Handlebars.precompile(text, options)} },`;
  } catch (error) {
    throw new Error(`${file}: ${error.message}`, { cause: error });
  }
}

/** Makes a folder hold exactly these files, each written at once, so that a reader at the same moment sees an old or a new one. */
async function replaceFolder(folder, files) {
  await mkdir(folder, { recursive: true });
  for (const [name, text] of Object.entries(files)) {
    const path = join(folder, name);
    if ((await readFile(path, 'utf8').catch(() => undefined)) === text) continue;
    await writeFile(`${path}.${process.pid}`, text);
    await rename(`${path}.${process.pid}`, path);
  }
  const stale = (await readdir(folder)).filter((name) => !(name in files) && /\.(js|d\.ts)$/.test(name));
  await Promise.all(stale.map((name) => rm(join(folder, name), { force: true })));
}

function lines(list) {
  return `${list.join('\n')}\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await generate(dirname(dirname(process.argv[1])));
