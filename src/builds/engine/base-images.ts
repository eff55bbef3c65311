import { ExpectedError, throwIfAborted } from '../../core/errors.ts';
import type { DockerEngine } from '../../system/docker-engine.ts';
import { EngineRefusal, isMissing } from '../../system/docker-errors.ts';
import { authHeader, registryCredentials } from '../../system/registry-credentials.ts';
import { type ImageReference, parseReference } from '../registry/image-reference.ts';
import { registryFailure, registryTrouble } from '../registry/registry-failure.ts';
import type { UsedImage } from './dockerfile-images.ts';
import { failureOf, readEvents } from './event-stream.ts';

export interface PullOptions {
  engine: DockerEngine;
  /** The Dockerfile, as people know it. */
  where: string;
  signal: AbortSignal;
  onProgress?: (line: string) => void;
}

/**
 * Pulls the images that the engine lacks, each with the credentials of its own registry. Both builders then find them; left
 * to themselves, one would take no credentials without a session, the other would hand all of ours to every registry.
 */
export async function pullBaseImages(images: readonly UsedImage[], options: PullOptions): Promise<void> {
  for (const image of images) {
    const parsed = parseReference(image.reference);
    if (!parsed) throw baseImageMissing(image, options.where, 'this is not the name of an image');
    if (await isPresent(image.reference, options.engine)) continue;
    options.onProgress?.(`pull ${image.reference}`);
    await pull(image, parsed, options);
  }
}

async function isPresent(reference: string, engine: DockerEngine): Promise<boolean> {
  try {
    await engine.call((docker) => docker.getImage(reference).inspect());
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

async function pull(image: UsedImage, parsed: ImageReference, options: PullOptions): Promise<void> {
  const failure = await pullFailure(image, parsed, options).catch((error: unknown) => {
    throwIfAborted(options.signal);
    if (error instanceof EngineRefusal) return String(error.explanation.why);
    throw error;
  });
  if (failure === undefined) return;
  if (registryTrouble(failure) === 'missing') throw baseImageMissing(image, options.where, failure);
  throw registryFailure(`base image ${image.reference} cannot be pulled`, parsed.host, failure);
}

async function pullFailure(
  image: UsedImage,
  { host, path, digest, tag = 'latest' }: ImageReference,
  { engine, signal }: PullOptions,
): Promise<string | undefined> {
  const answer = await engine.stream({
    method: 'POST',
    path: '/images/create',
    query: { fromImage: `${host}/${path}`, tag: digest ?? tag },
    headers: authHeader(await registryCredentials(host)),
    signal,
  });
  for await (const event of readEvents(answer)) {
    const failure = failureOf(event);
    if (failure) return failure;
  }
  return (await isPresent(image.reference, engine)) ? undefined : 'the pull ended without the image';
}

function baseImageMissing({ reference, line }: UsedImage, where: string, why: string): ExpectedError {
  return new ExpectedError({
    code: 'E_BASE_IMAGE',
    exit: 'notFound',
    message: `there is no image ${reference} to build on`,
    where: `${where}:${line}`,
    why,
    hints: ['check its name and tag', 'docker login, if it is private'],
  });
}
