import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import Handlebars from 'handlebars';

export type Language = 'ts' | 'go';

export interface ServiceAnswers {
  language: Language;
  name: string;
  app: string;
  calls: string[];
  /** Folder that becomes the service; made when missing. */
  into: string;
}

const templates = fileURLToPath(new URL('../../templates/services/', import.meta.url));

/** Writes the service that the templates give for these answers. */
export async function renderService({ language, name, app, calls, into }: ServiceAnswers): Promise<void> {
  const variables = {
    ...spellings(name),
    app,
    goModule: `example.com/${name}`,
    calls: calls.map((call) => ({ ...spellings(call), env: `${spellings(call).snake.toUpperCase()}_URL` })),
    ports: { http: 8080, admin: 9100 },
    schema: '.cloudnative/schemas/service.json',
  };
  for (const layer of ['common', language]) await renderFolder(join(templates, layer), into, variables);
}

async function renderFolder(from: string, into: string, variables: object): Promise<void> {
  const entries = await readdir(from, { recursive: true, withFileTypes: true });
  for (const entry of entries.filter((found) => found.isFile())) {
    const source = join(entry.parentPath, entry.name);
    const target = join(into, targetPath(relative(from, source), variables));
    const content = await readFile(source);
    const output = source.endsWith('.hbs') ? fill(content.toString(), variables) : content;
    if (output.toString().trim() === '') continue;
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, output);
  }
}

function targetPath(path: string, variables: object): string {
  return fill(path, variables)
    .replace(/\.hbs$/, '')
    .split('/')
    .map((segment) => segment.replace(/^_/, '.'))
    .join('/');
}

function fill(template: string, variables: object): string {
  return Handlebars.compile(template, { noEscape: true, strict: true })(variables);
}

function spellings(name: string) {
  const words = name.split('-');
  const pascal = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
  return { name, pascal, camel: pascal.charAt(0).toLowerCase() + pascal.slice(1), snake: words.join('_') };
}
