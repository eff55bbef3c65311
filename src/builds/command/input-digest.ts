import { createHash } from 'node:crypto';
import type { Service } from '../../workspace/model.ts';
import { contextDigest } from '../context/context-digest.ts';
import { dockerfileInContext, listContext } from '../context/list-context.ts';

/** Of the files that an image of the service would be made from, and of the commands. */
export async function inputDigest({ folder, image, build, run }: Service): Promise<string> {
  const ofImagesOnly = new Set(['.dockerignore', dockerfileInContext(folder, image.dockerfile)]);
  const files = await listContext(folder, { dockerfile: image.dockerfile });
  const content = await contextDigest(files.filter(({ path }) => !ofImagesOnly.has(path)));
  return `sha256:${createHash('sha256')
    .update(JSON.stringify([content, build, run]))
    .digest('hex')}`;
}
