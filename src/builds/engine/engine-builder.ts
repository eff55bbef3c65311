import { relative } from 'node:path';
import { ExpectedError } from '../../core/errors.ts';
import { labels } from '../../core/labels.ts';
import type { DockerEngine } from '../../system/docker-engine.ts';
import { isMissing } from '../../system/docker-errors.ts';
import { lastCommit } from '../../system/git-commit.ts';
import type { Service } from '../../workspace/model.ts';
import type { Builder, BuildOptions } from '../builder.ts';
import { pullBaseImages } from './base-images.ts';
import { type BuildInputs, buildInputs, readDockerfile, shortKey } from './build-key.ts';
import { imagesOf } from './dockerfile-images.ts';
import { runBuild } from './run-build.ts';

export interface EngineBuilderOptions {
  /** Name of the workspace; images are called `<app>/<service>`. */
  app: string;
  engine: DockerEngine;
}

/** Builds images on a Docker Engine; an image made from equal inputs, in whichever clone, is found instead. */
export function createEngineBuilder({ app, engine }: EngineBuilderOptions): Builder {
  const describe = async (service: Service) => {
    const inputs = await buildInputs(service);
    const reference = `${app}/${service.name}:${shortKey(inputs.key)}`;
    return { inputs, reference, imageId: await builtImage(reference, inputs.key, engine) };
  };
  const artifact = (reference: string, { key }: BuildInputs, pending: boolean) =>
    ({ kind: 'image', reference, context: key, pending }) as const;

  return {
    find: async (service) => {
      const { inputs, reference, imageId } = await describe(service);
      return artifact(reference, inputs, imageId === undefined);
    },
    build: async (service, options) => {
      const dockerfile = await readDockerfile(service);
      const { inputs, reference, imageId } = await describe(service);
      const work = { app, engine, inputs, reference, dockerfile };
      const id = imageId ?? (await build(service, work, options));
      return {
        artifact: artifact(reference, inputs, false),
        detail: shortId(id),
        skipped: imageId !== undefined,
      };
    },
  };
}

interface BuildWork {
  app: string;
  engine: DockerEngine;
  inputs: BuildInputs;
  reference: string;
  dockerfile: string;
}

/** Returns the new image's id. */
async function build(service: Service, work: BuildWork, options: BuildOptions): Promise<string> {
  const { app, engine, inputs, reference } = work;
  const where = relative(service.folder, service.image.dockerfile);
  const args = await buildArgs(service, inputs);
  const { signal, onProgress } = options;
  const file = `${service.path === '.' ? '' : `${service.path}/`}${where}`;
  await pullBaseImages(imagesOf(work.dockerfile, args), { engine, where: file, signal, onProgress });
  const imageId = await runBuild({
    engine,
    service: service.name,
    where: file,
    files: inputs.files,
    dockerfile: inputs.dockerfile,
    tag: reference,
    args,
    labels: { [labels.app]: app, [labels.service]: service.name, [labels.context]: inputs.key },
    signal,
    onProgress,
  });
  if ((await buildInputs(service)).key !== inputs.key) {
    await engine.call((docker) => docker.getImage(reference).remove({ noprune: false }));
    throw contextChanged(service);
  }
  return imageId;
}

async function buildArgs({ image, folder }: Service, { key }: BuildInputs): Promise<Record<string, string>> {
  const commit = await lastCommit(folder);
  return {
    VERSION: shortKey(key),
    REVISION: commit?.revision ?? 'unknown',
    BUILD_DATE: commit?.date ?? '1970-01-01T00:00:00Z',
    ...image.args,
  };
}

/** The id of the image with the tag, when it was made from just these inputs. */
async function builtImage(reference: string, key: string, engine: DockerEngine): Promise<string | undefined> {
  try {
    const { Id, Config } = await engine.call((docker) => docker.getImage(reference).inspect());
    return Config.Labels?.[labels.context] === key ? Id : undefined;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** `sha256:` and what people compare. */
function shortId(id: string): string {
  return id.slice(0, 'sha256:'.length + 12);
}

function contextChanged({ name, path }: Service): ExpectedError {
  return new ExpectedError({
    code: 'E_CONTEXT_CHANGED',
    exit: 'conflict',
    message: `files of ${name} changed while its image was being built`,
    where: path,
    hints: ['run the same command again when nothing writes to the folder'],
  });
}
