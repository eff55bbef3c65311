import { ExpectedError, throwIfAborted } from '../../core/errors.ts';
import { plainText } from '../../core/terminal-text.ts';
import type { DockerEngine } from '../../system/docker-engine.ts';
import { EngineRefusal } from '../../system/docker-errors.ts';
import { contextTar } from '../context/context-tar.ts';
import type { ContextFile } from '../context/list-context.ts';
import { type BuildProgress, buildProgress } from './build-progress.ts';
import { readEvents } from './event-stream.ts';

export interface EngineBuild {
  engine: DockerEngine;
  service: string;
  /** The Dockerfile, as people know it. */
  where: string;
  files: readonly ContextFile[];
  /** Inside the context. */
  dockerfile: string;
  tag: string;
  args: Readonly<Record<string, string>>;
  labels: Readonly<Record<string, string>>;
  signal: AbortSignal;
  onProgress?: (line: string) => void;
}

/** One build by the Engine API; returns the id the engine told, never one looked up by the tag, which may be of an older image. */
export async function runBuild(build: EngineBuild): Promise<string> {
  const progress = buildProgress(build.onProgress);
  const cut = await follow(build, progress).catch((error: unknown) => {
    throwIfAborted(build.signal);
    if (error instanceof EngineRefusal && error.status === 400)
      return plainText(String(error.explanation.why));
    if (error instanceof ExpectedError) throw error;
    return `the connection to the engine broke: ${plainText((error as Error).message)}`;
  });
  const failure = progress.failure() ?? cut;
  if (failure) throw buildFailed(build, progress, failure);
  const imageId = progress.imageId();
  if (!imageId) throw buildFailed(build, progress, 'the engine ended its answer without an image');
  return imageId;
}

async function follow(build: EngineBuild, progress: BuildProgress): Promise<undefined> {
  const { buildkit } = await build.engine.info();
  const body = contextTar(build.files);
  let unsent: unknown;
  body.once('error', (error) => {
    unsent = error;
  });
  try {
    const answer = await build.engine.stream({
      method: 'POST',
      path: '/build',
      query: {
        t: build.tag,
        dockerfile: build.dockerfile,
        buildargs: JSON.stringify(build.args),
        labels: JSON.stringify(build.labels),
        rm: '1',
        forcerm: '1', // else the classic builder leaves the container of a failed step
        ...(buildkit ? { version: '2' } : {}),
      },
      body,
      signal: build.signal,
    });
    for await (const event of readEvents(answer)) progress.add(event);
    throwIfAborted(build.signal);
  } catch (error) {
    throw unsent ?? error; // a file that could not be read breaks the connection too
  } finally {
    body.destroy();
  }
}

function buildFailed(
  { service, where }: EngineBuild,
  progress: BuildProgress,
  failure: string,
): ExpectedError {
  const step = progress.step();
  const why = plainText(failure).trim();
  const shown = step && !/^\[internal\]|^copy \/context/.test(step) ? `, step ${step}` : '';
  return new ExpectedError({
    code: 'E_BUILD_FAILED',
    exit: 'failure',
    message: `the image of ${service} cannot be built`,
    where: `${where}${shown}`,
    why: [...progress.output(), why],
    hints: [`mend it, then: cloudnative build ${service}`],
  });
}
