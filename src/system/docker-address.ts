import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { ExpectedError } from '../core/errors.ts';

export interface DockerAddress {
  /** `unix:///…`, `npipe:///…`, `tcp://host:port`. */
  address: string;
  /** The docker context it comes from. */
  context?: string;
  /** PEM texts; absent for a connection without TLS. */
  tls?: { ca?: string; cert?: string; key?: string; verify: boolean };
}

export interface AddressOptions {
  /** What the environment names; wins over everything around. */
  host?: string;
  env: Readonly<Record<string, string | undefined>>;
}

/** The folder of Docker's own settings. */
export function dockerConfigFolder(env: AddressOptions['env']): string {
  return env.DOCKER_CONFIG || join(homedir(), '.docker');
}

/** The engine that the docker CLI would speak to: host, DOCKER_HOST, DOCKER_CONTEXT, the current context, the default socket. */
export async function resolveDockerAddress({ host, env }: AddressOptions): Promise<DockerAddress> {
  const explicit = host || env.DOCKER_HOST;
  if (explicit) return supported({ address: withScheme(explicit), tls: await tlsOf(explicit, env) });
  const context = env.DOCKER_CONTEXT || (await currentContext(env));
  if (context && context !== 'default') return supported(await contextAddress(context, env));
  return {
    address: process.platform === 'win32' ? 'npipe:////./pipe/docker_engine' : 'unix:///var/run/docker.sock',
  };
}

function withScheme(address: string): string {
  return address.includes('://') ? address : `tcp://${address}`;
}

async function tlsOf(address: string, env: AddressOptions['env']): Promise<DockerAddress['tls']> {
  const wanted = Boolean(env.DOCKER_TLS_VERIFY || env.DOCKER_TLS) || address.startsWith('https://');
  if (!wanted || /^(unix|npipe|ssh):/.test(address)) return undefined;
  const folder = env.DOCKER_CERT_PATH || dockerConfigFolder(env);
  return {
    ...(await pemFiles(folder)),
    verify: Boolean(env.DOCKER_TLS_VERIFY) || address.startsWith('https://'),
  };
}

async function pemFiles(folder: string): Promise<{ ca?: string; cert?: string; key?: string }> {
  const [ca, cert, key] = await Promise.all(
    ['ca.pem', 'cert.pem', 'key.pem'].map((name) => read(join(folder, name))),
  );
  return { ca, cert, key };
}

async function currentContext(env: AddressOptions['env']): Promise<string | undefined> {
  const text = await read(join(dockerConfigFolder(env), 'config.json'));
  const config = text === undefined ? undefined : parse(text);
  return typeof config?.currentContext === 'string' ? config.currentContext : undefined;
}

interface ContextMeta {
  Endpoints?: { docker?: { Host?: string; SkipTLSVerify?: boolean } };
}

async function contextAddress(context: string, env: AddressOptions['env']): Promise<DockerAddress> {
  const id = createHash('sha256').update(context).digest('hex');
  const contexts = join(dockerConfigFolder(env), 'contexts');
  const text = await read(join(contexts, 'meta', id, 'meta.json'));
  const endpoint =
    text === undefined ? undefined : (parse(text) as ContextMeta | undefined)?.Endpoints?.docker;
  if (!endpoint?.Host) throw noContext(context);
  const pem = await pemFiles(join(contexts, 'tls', id, 'docker'));
  const tls = pem.ca || pem.cert ? { ...pem, verify: !endpoint.SkipTLSVerify } : undefined;
  return { address: endpoint.Host, context, tls };
}

function supported(found: DockerAddress): DockerAddress {
  const { address } = found;
  if (/^(unix|npipe):\/\/\/?.|^(tcp|http|https):\/\/[^/]/.test(address) && URL.canParse(address))
    return found;
  if (address.startsWith('ssh://'))
    throw new ExpectedError({
      code: 'E_ENGINE_ADDRESS',
      exit: 'notFound',
      message: 'engines behind ssh:// cannot be reached directly',
      where: address,
      hints: [
        `open a tunnel: ssh -nNT -L /tmp/docker.sock:/var/run/docker.sock ${address.slice('ssh://'.length)}`,
        'then use host: unix:///tmp/docker.sock (or DOCKER_HOST)',
      ],
    });
  throw new ExpectedError({
    code: 'E_ENGINE_ADDRESS',
    exit: 'notFound',
    message: 'this is not the address of a Docker engine',
    where: address,
    hints: ['write unix:///path/to/docker.sock or tcp://host:port'],
  });
}

function noContext(context: string): ExpectedError {
  return new ExpectedError({
    code: 'E_ENGINE_ADDRESS',
    exit: 'notFound',
    message: `there is no docker context "${context}"`,
    hints: [
      'docker context ls shows those there are',
      'docker context use default goes back to the usual engine',
    ],
  });
}

async function read(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch(() => undefined);
}

function parse(text: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}
