import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, join, relative, sep } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { badManifests } from '../core/bad-manifests.ts';
import { ExpectedError } from '../core/errors.ts';
import type { ReadManifests } from '../core/kubernetes-object.ts';
import { readKubernetesYaml } from '../core/kubernetes-yaml.ts';
import { withoutOtherHooks } from './chart-hooks.ts';
import { checkedManifests, type SourceDocument } from './checked-manifests.ts';
import { isRendered, renderFolder } from './render-folder.ts';

/** A cluster takes 1.5 MB an object; more than this in a file is a mistake. */
const maxBytes = 64 * 1024 * 1024;
/** Milliseconds of reading in one go. */
const longestStretch = 5;

/**
 * The objects of a folder's `*.yaml`, `*.yml` and `*.json`, in the order of file names; rendered by kustomize or Helm where the
 * folder is theirs. Throws E_MANIFEST (3) with the problems of all files, E_NO_MANIFESTS (4), E_TOOL_MISSING (4).
 */
export const readManifests: ReadManifests = async (folder, release) => {
  const names = await namesIn(folder, release.recursive);
  const texts = (await renderFolder(folder, names, release)) ?? (await readFiles(folder, names));
  const problems: string[] = [];
  const documents: SourceDocument[] = [];
  let paused = performance.now();
  for (const { file, text } of texts) {
    // What else is under way, such as connecting to the cluster, goes on meanwhile.
    if (performance.now() - paused > longestStretch) {
      await setImmediate();
      paused = performance.now();
    }
    const read = readKubernetesYaml(text);
    documents.push(...read.documents.map((document) => ({ ...document, file })));
    problems.push(
      ...read.problems.map(({ message, line, column }) => `${file}:${line}:${column} ${message}`),
    );
  }
  const checked = checkedManifests(documents);
  problems.push(...checked.problems);
  if (problems.length > 0) throw badManifests(problems);
  if (checked.manifests.length === 0) throw noManifests(folder);
  return names.includes('Chart.yaml') ? withoutOtherHooks(checked.manifests) : checked.manifests;
};

/** Relative to the folder. Links to folders are not followed, nor are hidden ones. */
async function namesIn(folder: string, recursive = false): Promise<string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true, recursive });
    const names = entries.map(({ parentPath, name }) => relative(folder, join(parentPath, name)));
    const isHidden = (name: string) =>
      dirname(name)
        .split(sep)
        .some((part) => /^\../.test(part));
    const visible = names.filter((name) => !isHidden(name));
    const rendered = visible.filter((name) => name.includes(sep) && isRendered([basename(name)]));
    if (rendered.length > 0 && !isRendered(visible))
      throw badManifests(rendered.map((name) => renderedBelow(join(folder, name))));
    return visible.sort();
  } catch (cause) {
    if (cause instanceof ExpectedError) throw cause;
    throw noManifests(folder, cause);
  }
}

function renderedBelow(path: string): string {
  return `${shown(path)}: its folder is rendered as a whole: deploy it by itself, or leave -R out`;
}

async function readFiles(
  folder: string,
  names: readonly string[],
): Promise<{ file: string; text: string }[]> {
  const files = names.filter((name) => isManifest(basename(name)));
  const read = await Promise.all(files.map((name) => readManifest(join(folder, name))));
  const problems = read.flatMap((one) => ('problem' in one ? [one.problem] : []));
  if (problems.length > 0) throw badManifests(problems);
  return read.flatMap((one) => ('text' in one ? [one] : []));
}

function isManifest(name: string): boolean {
  return /\.(ya?ml|json)$/i.test(name) && !name.startsWith('.');
}

/** Opens files only: a pipe would never end. */
async function readManifest(path: string): Promise<{ file: string; text: string } | { problem: string }> {
  const file = shown(path);
  try {
    const found = await stat(path);
    if (!found.isFile()) return { problem: `${file}: it is no file` };
    if (found.size > maxBytes)
      return { problem: `${file}: it has ${found.size} bytes; at most ${maxBytes} are read` };
    return { file, text: await readFile(path, 'utf8') };
  } catch (error) {
    return { problem: `${file}: it cannot be read (${(error as NodeJS.ErrnoException).code})` };
  }
}

function noManifests(folder: string, cause?: unknown): ExpectedError {
  return new ExpectedError({
    code: 'E_NO_MANIFESTS',
    exit: 'notFound',
    message: 'there are no Kubernetes manifests',
    where: shown(folder),
    hints: [
      'add them, or name the folder that has them: kubernetes.manifests in service.yaml, or --manifests',
      'with --manifests, -R reads its subfolders too',
    ],
    cause,
  });
}

function shown(path: string): string {
  return relative(process.cwd(), path) || '.';
}
