import { delay } from '../../core/duration.ts';
import { ExpectedError, throwIfAborted } from '../../core/errors.ts';
import type { DockerEngine } from '../../system/docker-engine.ts';
import { EngineRefusal } from '../../system/docker-errors.ts';
import { registryCredentials } from '../../system/registry-credentials.ts';
import type { Publisher } from '../builder.ts';
import { parseReference } from './image-reference.ts';
import { type Push, type Pushed, pushImage } from './push-image.ts';
import { registryFailure, registryTrouble } from './registry-failure.ts';

export interface RegistryPublisherOptions {
  engine: DockerEngine;
  /** Prefix of the images, e.g. `127.0.0.1:5000/shop`. */
  registry: string;
}

const attempts = 2;
const retryAfter = 2_000;

/** Pushes through the Engine, and asks the registry through it too, so that both see the same network and certificates. */
export function createRegistryPublisher({ engine, registry }: RegistryPublisherOptions): Publisher {
  const place = (service: string, context: string) => {
    const repository = `${registry}/${service}`;
    const tag = context.slice(0, 12);
    const parsed = parseReference(`${repository}:${tag}`);
    if (!parsed || parsed.tag !== tag) throw badRegistry(registry);
    return { repository, tag, host: parsed.host };
  };
  return {
    find: async (service, artifact) => {
      if (artifact.kind !== 'image') return undefined;
      const { repository, tag, host } = place(service.name, artifact.context);
      const digest = await publishedDigest(`${repository}:${tag}`, host, service.name, engine);
      return digest ? { ...artifact, reference: `${repository}@${digest}`, pending: false } : undefined;
    },
    publish: async (service, artifact, { signal }) => {
      if (artifact.kind !== 'image') throw new Error('only images are published');
      const { repository, tag, host } = place(service.name, artifact.context);
      const published = (digest: string) => ({
        ...artifact,
        reference: `${repository}@${digest}`,
        pending: false,
      });
      const known = await publishedDigest(`${repository}:${tag}`, host, service.name, engine);
      if (known) return { artifact: published(known), detail: known.slice(0, 19), skipped: true };
      await engine.call((docker) => docker.getImage(artifact.reference).tag({ repo: repository, tag }));
      const pushed = await push(service.name, { engine, repository, tag, host, signal });
      const detail = `${pushed.newLayers} ${pushed.newLayers === 1 ? 'layer' : 'layers'} new, ${pushed.knownLayers} known`;
      return { artifact: published(pushed.digest), detail, skipped: false };
    },
  };
}

/** The digest that the registry has under the tag; undefined when it has none. */
async function publishedDigest(
  reference: string,
  host: string,
  service: string,
  engine: DockerEngine,
): Promise<string | undefined> {
  const authconfig = await registryCredentials(host);
  try {
    const answer = await engine.call((docker) => docker.getImage(reference).distribution({ authconfig }));
    return answer.Descriptor.digest;
  } catch (error) {
    if (!(error instanceof EngineRefusal)) throw error;
    const message = String(error.explanation.why);
    // Some registries deny what is not there yet; whether it may be pushed, the push will tell.
    if (registryTrouble(message) === 'missing' || /(^|[\s:])denied:/i.test(message)) return undefined;
    throw registryFailure(`the registry cannot be asked for ${service}`, host, message);
  }
}

/** Tries a second time when the registry broke off; never after it refused the login, which would lock accounts. */
async function push(service: string, options: Push): Promise<Pushed> {
  for (let attempt = 1; ; attempt++) {
    const result = await pushImage(options);
    if (!('failure' in result)) return result;
    throwIfAborted(options.signal);
    const trouble = registryTrouble(result.failure);
    if (attempt === attempts || trouble === 'auth')
      throw registryFailure(`${service} cannot be pushed`, options.host, result.failure);
    await delay(retryAfter, options.signal);
  }
}

function badRegistry(registry: string): ExpectedError {
  return new ExpectedError({
    code: 'E_REGISTRY_NAME',
    exit: 'validation',
    message: 'images cannot be named so',
    where: `registry: ${registry}`,
    why: 'a registry is host[:port]/path in lower case, without a scheme, tag or digest',
    hints: ['e.g. registry: registry.example.com/shop'],
  });
}
