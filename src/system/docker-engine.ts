import type { IncomingMessage } from 'node:http';
import { Agent } from 'node:https';
import type Dockerode from 'dockerode';
import { throwIfAborted } from '../core/errors.ts';
import { type DockerAddress, resolveDockerAddress } from './docker-address.ts';
import { engineFailure, engineOutdated } from './docker-errors.ts';

export type Docker = Dockerode;
export type ContainerInspect = Dockerode.ContainerInspectInfo;
export type ContainerOptions = Dockerode.ContainerCreateOptions;

export interface EngineInfo {
  /** E.g. `20.10.24`. */
  version: string;
  /** Whether `version=2` builds work. */
  buildkit: boolean;
}

export interface StreamRequest {
  method: 'GET' | 'POST';
  /** Without version and query. */
  path: string;
  query: Record<string, string>;
  headers?: Record<string, string>;
  body?: NodeJS.ReadableStream;
  signal: AbortSignal;
}

/** One Docker Engine. Nothing is sent before the first call; every failure of a call is an ExpectedError, see docker-errors.ts. */
export interface DockerEngine {
  /** `unix:///…` or `tcp://…`. */
  readonly address: string;
  /** E.g. `docker, unix:///var/run/docker.sock`. */
  describe(): string;
  info(): Promise<EngineInfo>;
  call<T>(work: (docker: Docker) => Promise<T>): Promise<T>;
  /** For what the SDK would read whole or wrongly: the answer's body, unread. */
  stream(request: StreamRequest): Promise<IncomingMessage>;
}

export interface EngineOptions {
  /** Wins over DOCKER_HOST and docker contexts. */
  host?: string;
  env?: Readonly<Record<string, string | undefined>>;
}

/** The API that the calls were written against; the engine's own when it is older, its oldest when it is newer. */
const wantedApi = '1.44';
const oldestApi = '1.41';
/** Milliseconds for the first answer; an address that swallows packets must not look like a slow engine. */
const answerWithin = 10_000;
/** Milliseconds of silence that end a call; stopping a container may take 40 s of it. */
const silence = 60_000;

/** Decides which engine is meant, without asking it anything. Throws E_ENGINE_ADDRESS (4). */
export async function openDockerEngine({
  host,
  env = process.env,
}: EngineOptions = {}): Promise<DockerEngine> {
  const found = await resolveDockerAddress({ host, env });
  let connection: Promise<Connection> | undefined;
  const connect = () => {
    connection ??= connectTo(found);
    connection.catch(() => {
      connection = undefined;
    });
    return connection;
  };
  const call = async <T>(work: (connection: Connection) => Promise<T>): Promise<T> => {
    try {
      return await work(await connect());
    } catch (error) {
      throw engineFailure(error, found.address);
    }
  };
  return {
    address: found.address,
    describe: () => `docker, ${found.context ? `context ${found.context}, ` : ''}${found.address}`,
    info: () => call(async ({ info }) => info),
    call: (work) => call(({ docker }) => work(docker)),
    stream: async (request) => {
      throwIfAborted(request.signal);
      try {
        return await call(({ streams }) => dial(streams, request));
      } catch (error) {
        throwIfAborted(request.signal);
        throw error;
      }
    },
  };
}

interface Connection {
  docker: Docker;
  /** Without a limit of silence: a build or a log may say nothing for long. */
  streams: Docker;
  info: EngineInfo;
}

async function connectTo(found: DockerAddress): Promise<Connection> {
  const { default: Docker } = await import('dockerode');
  const options = dockerodeOptions(found);
  const { ApiVersion, MinAPIVersion = oldestApi, Version, Os } = await versionOf(new Docker(options));
  const api = newest(MinAPIVersion, newer(wantedApi, ApiVersion) ? ApiVersion : wantedApi);
  if (newer(oldestApi, api)) throw engineOutdated(found.address, Version);
  const spoken = { ...options, version: `v${api}` };
  return {
    docker: new Docker({ ...spoken, timeout: silence }),
    streams: new Docker(spoken),
    info: { version: Version, buildkit: Os !== 'windows' },
  };
}

interface EngineVersion {
  ApiVersion: string;
  MinAPIVersion?: string;
  Version: string;
  Os: string;
}

async function versionOf(docker: Docker): Promise<EngineVersion> {
  const signal = AbortSignal.timeout(answerWithin);
  return new Promise((resolve, reject) => {
    docker.modem.dial(
      {
        path: '/version',
        method: 'GET',
        statusCodes: { 200: true, 500: 'server error' },
        abortSignal: signal,
      },
      (error, result) => {
        if (!error) resolve(result as unknown as EngineVersion);
        else reject(signal.aborted ? Object.assign(error, { code: 'ETIMEDOUT' }) : error);
      },
    );
  });
}

/** Every key is set: what is missing would be taken from DOCKER_HOST. */
function dockerodeOptions({ address, tls }: DockerAddress): Dockerode.DockerOptions {
  const none = {
    host: undefined,
    port: undefined,
    socketPath: undefined,
    ca: undefined,
    cert: undefined,
    key: undefined,
  };
  const socketPath = /^(?:unix|npipe):\/\/(.*)$/.exec(address)?.[1];
  if (socketPath) return { ...none, protocol: 'http', socketPath };
  const { hostname, port, protocol } = new URL(address);
  const secure = tls !== undefined || protocol === 'https:';
  return {
    ...none,
    protocol: secure ? 'https' : 'http',
    host: hostname,
    port: port || (secure ? 2376 : 2375),
    agent: secure ? new Agent({ ...tls, rejectUnauthorized: tls?.verify ?? true }) : undefined,
  } as Dockerode.DockerOptions;
}

/** Whether API version `a` is newer than `b`, e.g. 1.41 than 1.9. */
function newer(a: string, b: string): boolean {
  const [majorA = 0, minorA = 0] = a.split('.').map(Number);
  const [majorB = 0, minorB = 0] = b.split('.').map(Number);
  return majorA === majorB ? minorA > minorB : majorA > majorB;
}

function newest(a: string, b: string): string {
  return newer(a, b) ? a : b;
}

function dial(
  docker: Docker,
  { method, path, query, headers, body, signal }: StreamRequest,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    docker.modem.dial(
      {
        method,
        path: `${path}?`,
        options: { _query: query, _body: {} },
        headers,
        file: body,
        isStream: true,
        statusCodes: { 200: true },
        abortSignal: signal,
      },
      (error, answer) => (error ? reject(error) : resolve(answer as IncomingMessage)),
    );
  });
}
