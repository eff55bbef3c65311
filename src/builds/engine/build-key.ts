import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { relative } from 'node:path';
import { ExpectedError } from '../../core/errors.ts';
import type { Service } from '../../workspace/model.ts';
import { contextDigest } from '../context/context-digest.ts';
import { type ContextFile, dockerfileInContext, listContext } from '../context/list-context.ts';

/** Raise it when the same files shall make other images. */
const scheme = 1;

export interface BuildInputs {
  files: ContextFile[];
  /** Inside the context. */
  dockerfile: string;
  /** Hex; equal for equal inputs, in every clone. Neither the revision nor the time of the build is in it. */
  key: string;
}

/** Reads everything an image is made from. Throws E_NO_DOCKERFILE (4). */
export async function buildInputs({ image, path }: Service): Promise<BuildInputs> {
  const files = await listContext(image.context, { dockerfile: image.dockerfile }).catch(
    (error: NodeJS.ErrnoException) => {
      throw error.code === 'ENOENT' && error.path === image.context
        ? missing('context', image.context, path)
        : error;
    },
  );
  const dockerfile = dockerfileInContext(image.context, image.dockerfile);
  const args = Object.entries(image.args).sort(([a], [b]) => (a < b ? -1 : 1));
  const parts = [scheme, await contextDigest(files), dockerfile, args];
  return { files, dockerfile, key: createHash('sha256').update(JSON.stringify(parts)).digest('hex') };
}

/** The Dockerfile's text. Throws E_NO_DOCKERFILE (4). */
export async function readDockerfile({ image, folder, path }: Service): Promise<string> {
  return readFile(image.dockerfile, 'utf8').catch(() => {
    throw missing('Dockerfile', relative(folder, image.dockerfile), path);
  });
}

/** What tags show of a key. */
export function shortKey(key: string): string {
  return key.slice(0, 12);
}

function missing(what: string, name: string, path: string): ExpectedError {
  return new ExpectedError({
    code: 'E_NO_DOCKERFILE',
    exit: 'notFound',
    message: `there is no ${what} to build from`,
    where: `${path}/service.yaml: image.${what.toLowerCase()}`,
    why: `${name} cannot be read`,
  });
}
