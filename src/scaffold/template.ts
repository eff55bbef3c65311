import type Handlebars from 'handlebars';
import runtime from 'handlebars/runtime.js';
import type { Language } from '../workspace/model.ts';
import type { Variables } from './variables.ts';

/** One file of a template: copied when it has a text, else rendered. Its path may hold `{{variable}}`. */
export interface TemplateFile {
  path: string;
  mode: number;
  text?: string;
  /** Precompiled. */
  template?: unknown;
}

export interface Template {
  /** Changes with any file of the template. */
  version: string;
  files: readonly TemplateFile[];
}

/** Each holds a language's files and the common ones, made when the program was built. */
const templates: Readonly<Record<Language, () => Promise<Template>>> = {
  ts: () => import('./generated/ts.js'),
  go: () => import('./generated/go.js'),
  python: () => import('./generated/python.js'),
};

export async function loadTemplate(language: Language): Promise<Template> {
  const template = await templates[language]();
  if (template.files.length === 0) throw new Error(`there is no template for ${language} in this build`);
  return template;
}

export interface RenderedFile {
  /** With `/`, relative to the service's folder. */
  path: string;
  mode: number;
  text: string;
}

/** The files of a service, sorted by path. A file that renders to only white space is left out. */
export function renderTemplate({ files }: Template, variables: Variables): RenderedFile[] {
  const rendered = files.flatMap(({ path, mode, text, template }): RenderedFile[] => {
    const content = text ?? instantiate(template)(variables);
    if (text === undefined && content.trim() === '') return [];
    return [{ path: renderPath(path, variables), mode, text: content }];
  });
  return rendered.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** The types of the runtime alone are those of the whole package. */
function instantiate(template: unknown): (variables: Variables) => string {
  return (runtime as unknown as typeof Handlebars).template(template as TemplateSpecification);
}

function renderPath(path: string, variables: Variables): string {
  return path.replace(/\{\{(\w+)\}\}/g, (_, key: string) => {
    const value = (variables as unknown as Record<string, unknown>)[key];
    if (typeof value !== 'string')
      throw new Error(`the path ${path} of a template holds an unknown variable`);
    return value;
  });
}
