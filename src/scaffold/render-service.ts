import { createHash } from 'node:crypto';
import { canonicalJson } from '../core/canonical-json.ts';
import { serviceSchema } from './generated/schemas.js';
import { stateFolder, stateIgnore } from './state-folder.ts';
import { loadTemplate, type RenderedFile, renderTemplate } from './template.ts';
import { type Answers, templateVariables } from './variables.ts';

/** Every file of a new service, sorted by path; a lone one also brings what a workspace would have. Touches no disk. */
export async function renderService(answers: Answers, lone: boolean): Promise<RenderedFile[]> {
  const template = await loadTemplate(answers.language);
  const rendered = renderTemplate(template, templateVariables(answers));
  const own: RenderedFile[] = [
    file(`${stateFolder}/template.json`, templateRecord(answers, template.version, rendered)),
  ];
  if (lone) {
    own.push(file(`${stateFolder}/.gitignore`, stateIgnore));
    own.push(file(`${stateFolder}/schemas/service.json`, serviceSchema));
  }
  return [...rendered, ...own].sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** What an update must know: what was asked for, of which template, and whether a file is still as it was rendered. */
function templateRecord(answers: Answers, version: string, files: readonly RenderedFile[]): string {
  const hashes = files.map(({ path, text }) => [path, createHash('sha256').update(text).digest('hex')]);
  const record = { version: 1, template: version, answers, files: Object.fromEntries(hashes) };
  return `${canonicalJson(record, 2)}\n`;
}

function file(path: string, text: string): RenderedFile {
  return { path, mode: 0o644, text };
}
