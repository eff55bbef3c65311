import { throwIfAborted } from '../../core/errors.ts';
import type { DockerEngine } from '../../system/docker-engine.ts';
import { EngineRefusal } from '../../system/docker-errors.ts';
import { authHeader, registryCredentials } from '../../system/registry-credentials.ts';
import { type EngineEvent, failureOf, readEvents } from '../engine/event-stream.ts';

export interface Push {
  engine: DockerEngine;
  host: string;
  repository: string;
  tag: string;
  signal: AbortSignal;
}

export interface Pushed {
  /** `sha256:…` of the manifest. */
  digest: string;
  newLayers: number;
  knownLayers: number;
}

/** One attempt to push one tag; `failure` are the words of the engine or the registry. */
export async function pushImage({
  engine,
  host,
  repository,
  tag,
  signal,
}: Push): Promise<Pushed | { failure: string }> {
  const pushed: Pushed = { digest: '', newLayers: 0, knownLayers: 0 };
  try {
    const answer = await engine.stream({
      method: 'POST',
      path: `/images/${repository}/push`,
      query: { tag }, // without it every tag of the repository would go
      headers: authHeader(await registryCredentials(host)),
      signal,
    });
    for await (const event of readEvents(answer)) {
      const failure = failureOf(event);
      if (failure) return { failure };
      count(event, pushed);
    }
  } catch (error) {
    throwIfAborted(signal);
    if (error instanceof EngineRefusal) return { failure: String(error.explanation.why) };
    if (!(error instanceof Error) || !('code' in error)) throw error;
    return { failure: `the connection to the engine broke: ${error.message}` };
  }
  return pushed.digest ? pushed : { failure: 'the engine ended its answer without a digest' };
}

function count({ status = '', aux }: EngineEvent, pushed: Pushed): void {
  // Engines with containerd's image store tell the digest in words only.
  const said = /^\S+: digest: (sha256:[0-9a-f]{64}) size: \d+$/.exec(status)?.[1];
  const digest = (aux as { Digest?: unknown } | undefined)?.Digest ?? said;
  if (typeof digest === 'string') pushed.digest = digest;
  if (status === 'Pushed') pushed.newLayers++;
  else if (status === 'Layer already exists' || status.startsWith('Mounted from')) pushed.knownLayers++;
}
