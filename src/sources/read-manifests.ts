import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, join, relative, sep } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { badManifests, type ManifestProblem, problemLine } from '../core/bad-manifests.ts';
import { ExpectedError } from '../core/errors.ts';
import type { ReadFolder, ReadManifests } from '../core/kubernetes-object.ts';
import { type ReadProblem, readKubernetesYaml } from '../core/kubernetes-yaml.ts';
import { withoutOtherHooks } from './chart-hooks.ts';
import { checkedManifests, type SourceDocument } from './checked-manifests.ts';
import { isRendered, renderFolder } from './render-folder.ts';

/** A cluster takes 1.5 MB an object; more than this in a file is a mistake. */
const maxBytes = 64 * 1024 * 1024;
/** Milliseconds of reading in one go. */
const longestStretch = 5;

/** Reads as the given reader does, and throws E_MANIFEST (3) where there is a problem. */
export function manifestsOf(read: ReadFolder): ReadManifests {
  return async (folder, release) => {
    const { manifests, problems } = await read(folder, release);
    if (problems.length > 0) throw badManifests(problems.map(problemLine));
    return manifests;
  };
}

/**
 * The objects of a folder's `*.yaml`, `*.yml` and `*.json`, in the order of file names; rendered by kustomize or Helm where the
 * folder is theirs. Throws E_NO_MANIFESTS (4), E_TOOL_MISSING (4).
 */
export const readFolder: ReadFolder = async (folder, release) => {
  const names = await namesIn(folder, release.recursive);
  const rendered = await renderFolder(folder, names, release);
  const { texts, problems } = rendered ? { texts: rendered, problems: [] } : await readFiles(folder, names);
  const documents: SourceDocument[] = [];
  let paused = performance.now();
  for (const { file, text } of texts) {
    // What else is under way, such as connecting to the cluster, goes on meanwhile.
    if (performance.now() - paused > longestStretch) {
      await setImmediate();
      paused = performance.now();
    }
    const read = readKubernetesYaml(text);
    for (const { value, line, ...source } of read.documents)
      documents.push({ value, file, line, source: { ...source, path: [] } });
    if (read.problems.length > 0) problems.push(...(await explained(read.problems, file)));
  }
  const checked = checkedManifests(documents);
  problems.push(...checked.problems);
  if (checked.manifests.length === 0 && problems.length === 0) throw noManifests(folder);
  const isChart = names.includes('Chart.yaml');
  return { manifests: isChart ? withoutOtherHooks(checked.manifests) : checked.manifests, problems };
};

export const readManifests = manifestsOf(readFolder);

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
): Promise<{ texts: readonly SourceText[]; problems: ManifestProblem[] }> {
  const files = names.filter((name) => isManifest(basename(name)));
  const read = await Promise.all(files.map((name) => readManifest(join(folder, name))));
  return {
    texts: read.flatMap((one) => ('text' in one ? [one] : [])),
    problems: read.flatMap((one) => ('message' in one ? [one] : [])),
  };
}

interface SourceText {
  file: string;
  text: string;
}

function isManifest(name: string): boolean {
  return /\.(ya?ml|json)$/i.test(name) && !name.startsWith('.');
}

/** Opens files only: a pipe would never end. */
async function readManifest(path: string): Promise<SourceText | ManifestProblem> {
  const file = shown(path);
  try {
    const found = await stat(path);
    if (!found.isFile()) return { file, message: 'it is no file' };
    if (found.size > maxBytes)
      return { file, message: `it has ${found.size} bytes; at most ${maxBytes} are read` };
    return { file, text: await readFile(path, 'utf8') };
  } catch (error) {
    return { file, message: `it cannot be read (${(error as NodeJS.ErrnoException).code})` };
  }
}

/** The parser that knows places takes as long to load as the whole of a small folder to read. */
export async function explained(problems: readonly ReadProblem[], file: string): Promise<ManifestProblem[]> {
  const { repeatedKeys } = await import('../core/repeated-keys.ts');
  return repeatedKeys(problems).map((problem) => ({ file, ...problem }));
}

function noManifests(folder: string, cause?: unknown): ExpectedError {
  return new ExpectedError({
    code: 'E_NO_MANIFESTS',
    exit: 'notFound',
    message: why(cause, folder),
    where: shown(folder),
    hints: [
      'add them, or name the folder that has them: kubernetes.manifests in service.yaml, or --manifests',
      'with --manifests, -R reads its subfolders too',
    ],
    cause,
  });
}

function why(cause: unknown, folder: string): string {
  const { code } = (cause ?? {}) as NodeJS.ErrnoException;
  if (code === 'ENOENT') return 'there is no such folder';
  if (code === 'ENOTDIR') return `${basename(folder)} is a file, and a folder of manifests is asked for`;
  return 'there are no Kubernetes manifests';
}

function shown(path: string): string {
  return relative(process.cwd(), path) || '.';
}
