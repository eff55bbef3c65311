import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { ExpectedError } from '../core/errors.ts';
import { isOutside } from '../core/is-outside.ts';
import { parseYamlDocument } from '../core/yaml-document.ts';
import type { Configuration, Problem, ServiceFile, Source, WorkspaceFile } from './configuration.ts';
import { explainSchemaError } from './explain-schema-error.ts';
import { validateService, validateWorkspace } from './generated/validators.js';
import type { SchemaValidator } from './schema-validator.ts';
import { expandPattern, isGlob } from './service-patterns.ts';

export const workspaceFileName = 'cloudnative.yaml';
export const serviceFileName = 'service.yaml';

/** People write these files; more than this is a mistake or an attack. */
const maxBytes = 128 * 1024;

/** The files of the workspace that `cwd` is in, or of the lone service, with what is wrong in each. Throws `E_NO_WORKSPACE`. */
export async function readConfiguration(cwd: string): Promise<Configuration> {
  const workspaceFile = await findUpwards(cwd, workspaceFileName);
  if (workspaceFile) return readWorkspace(workspaceFile);
  const serviceFile = await findUpwards(cwd, serviceFileName);
  if (!serviceFile) throw noWorkspace(cwd);
  return {
    folder: dirname(serviceFile),
    services: [await readSource<ServiceFile>(serviceFile, validateService)],
  };
}

/** The nearest file of this name, in `start` or above. */
export async function findUpwards(start: string, name: string): Promise<string | undefined> {
  for (let folder = resolve(start); ; folder = dirname(folder)) {
    const file = join(folder, name);
    if (await isFile(file)) return file;
    if (folder === dirname(folder)) return undefined;
  }
}

function noWorkspace(cwd: string): ExpectedError {
  return new ExpectedError({
    code: 'E_NO_WORKSPACE',
    exit: 'notFound',
    message: 'this is no workspace',
    where: resolve(cwd),
    why: `neither here nor in a folder above is a ${workspaceFileName} or a ${serviceFileName}`,
    hints: [
      'cloudnative new <name>      make a service',
      'cloudnative init            make a workspace of this folder',
    ],
  });
}

async function readWorkspace(file: string): Promise<Configuration> {
  const workspace = await readSource<WorkspaceFile>(file, validateWorkspace);
  const { folder } = workspace;
  const problems: Problem[] = [];
  const folders = new Set<string>();
  const root = await realpath(folder);
  for (const [index, pattern] of patternsOf(workspace).entries()) {
    const report = (message: string) => {
      problems.push({ file, position: workspace.document.position(['services', index]), message });
    };
    for (const path of await expandPattern(pattern, (below) => foldersIn(join(folder, below)))) {
      if (!(await isFile(join(folder, path, serviceFileName)))) {
        if (!isGlob(pattern)) report(`there is no ${join(path, serviceFileName)}`);
      } else if (isOutside(root, await realpath(join(folder, path)))) {
        report(`${path} leads out of the workspace`);
      } else {
        folders.add(join(folder, path));
      }
    }
  }
  const services = await Promise.all(
    [...folders].map((path) => readSource<ServiceFile>(join(path, serviceFileName), validateService)),
  );
  return { folder, workspace: { ...workspace, problems: [...workspace.problems, ...problems] }, services };
}

/** Also of a file with problems, so that those of its services are reported in the same run. */
function patternsOf({ content, document }: Source<WorkspaceFile>): readonly string[] {
  if (content) return content.services;
  const value: unknown = document.problems.length === 0 ? document.value : undefined;
  const services = value && typeof value === 'object' && 'services' in value ? value.services : [];
  const inside = (entry: unknown) => typeof entry === 'string' && !/^\/|(^|\/)\.\.(\/|$)/.test(entry);
  return Array.isArray(services) && services.every(inside) ? services : [];
}

async function foldersIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isDirectory() || entry.isSymbolicLink()).map(({ name }) => name);
}

async function readSource<Content>(file: string, validate: SchemaValidator): Promise<Source<Content>> {
  const { text, problem } = await readText(file);
  const document = parseYamlDocument(text);
  const source = { file, folder: dirname(file), document };
  if (problem) return { ...source, problems: [{ file, position: { line: 1, column: 1 }, message: problem }] };
  if (document.problems.length > 0)
    return { ...source, problems: document.problems.map((each) => ({ file, ...each })) };
  if (validate(document.value)) return { ...source, content: document.value as Content, problems: [] };
  const errors = validate.errors ?? [];
  const problems = errors.flatMap((error) => explainSchemaError(error, document) ?? []);
  // Unknown keys leave the rest as it should be: the rules can judge it in the same run.
  const sound = errors.every(({ keyword }) => keyword === 'additionalProperties');
  const content = sound ? { content: document.value as Content } : {};
  return { ...source, ...content, problems: problems.map((each) => ({ file, ...each })) };
}

async function readText(file: string): Promise<{ text: string; problem?: string }> {
  try {
    const { size } = await stat(file);
    if (size > maxBytes)
      return { text: '', problem: `the file has ${size} bytes; at most ${maxBytes} are read` };
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(await readFile(file)) };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA')
      return { text: '', problem: 'the file is not UTF-8 text' };
    return { text: '', problem: `the file cannot be read: ${message}` };
  }
}

/** The entry of `services` that fits what a folder holds: itself, its folders, or those in its folder `services`. */
export async function fittingServices(folder: string): Promise<string> {
  if (await isFile(join(folder, serviceFileName))) return '.';
  for (const pattern of ['services/*', '*']) {
    const found = await expandPattern(pattern, (below) => foldersIn(join(folder, below)));
    const services = await Promise.all(found.map((path) => isFile(join(folder, path, serviceFileName))));
    if (services.includes(true)) return pattern;
  }
  return 'services/*';
}

async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isFile() ?? false;
}
