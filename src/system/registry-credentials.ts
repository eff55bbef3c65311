import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ExpectedError } from '../core/errors.ts';
import { isRecord } from '../core/is-record.ts';
import { dockerConfigFolder } from './docker-address.ts';

/** As the Engine API takes them; empty when there are none. */
export interface Credentials {
  username?: string;
  password?: string;
  identitytoken?: string;
  serveraddress?: string;
}

interface DockerConfig {
  auths?: Record<string, { auth?: string; username?: string; password?: string; identitytoken?: string }>;
  credsStore?: string;
  credHelpers?: Record<string, string>;
}

const hub = 'https://index.docker.io/v1/';
const helperWithin = 10_000;

/**
 * What the docker CLI would log in to the registry with: a helper for just this registry, else the store for all, else the
 * configuration file. `host` is `registry.example.com:5000` or `docker.io`. Throws E_CREDENTIALS (6) when a helper fails.
 */
export async function registryCredentials(
  host: string,
  env: Readonly<Record<string, string | undefined>> = process.env,
): Promise<Credentials> {
  const config = await readConfig(env);
  const server = /^(?:index\.|registry-1\.)?docker\.io$/.test(host) ? hub : host;
  for (const helper of [config.credHelpers?.[server] ?? config.credHelpers?.[host], config.credsStore]) {
    const found = helper ? await askHelper(helper, server) : undefined;
    if (found) return { ...found, serveraddress: server };
  }
  const found = fromFile(config, server);
  return found ? { ...found, serveraddress: server } : {};
}

/** The header by which the Engine API takes credentials: URL-safe base64, with padding. */
export function authHeader(credentials: Credentials): Record<string, string> {
  const text = Buffer.from(JSON.stringify(credentials)).toString('base64');
  return { 'X-Registry-Auth': text.replaceAll('+', '-').replaceAll('/', '_') };
}

async function readConfig(env: Readonly<Record<string, string | undefined>>): Promise<DockerConfig> {
  const path = join(dockerConfigFolder(env), 'config.json');
  const text = await readFile(path, 'utf8').catch(() => '{}');
  try {
    const config: unknown = JSON.parse(text);
    if (isRecord(config) && Object.values(config.auths ?? {}).every(isEntry)) return config as DockerConfig;
  } catch {
    // Falls through: the parser's message would quote the file, which holds passwords.
  }
  throw new ExpectedError({
    code: 'E_CREDENTIALS',
    exit: 'auth',
    message: "docker's configuration file cannot be read",
    where: path,
    why: 'it is not the JSON object that docker login writes',
  });
}

function isEntry(entry: unknown): boolean {
  if (!isRecord(entry)) return false;
  const { auth = '', username = '', password = '', identitytoken = '' } = entry;
  return [auth, username, password, identitytoken].every((value) => typeof value === 'string');
}

function fromFile(config: DockerConfig, server: string): Credentials | undefined {
  const auths = config.auths ?? {};
  const key = Object.hasOwn(auths, server)
    ? server
    : Object.keys(auths).find((name) => hostOf(name) === hostOf(server));
  const entry = key === undefined ? undefined : auths[key];
  if (!entry) return undefined;
  if (entry.identitytoken) return { identitytoken: entry.identitytoken };
  if (!entry.auth)
    return entry.username ? { username: entry.username, password: entry.password ?? '' } : undefined;
  const plain = Buffer.from(entry.auth, 'base64').toString('utf8');
  const colon = plain.indexOf(':');
  return colon === -1
    ? undefined
    : { username: plain.slice(0, colon), password: plain.slice(colon + 1).replace(/\0+$/, '') };
}

function hostOf(server: string): string {
  return server.replace(/^https?:\/\//, '').split('/')[0]!;
}

/** Undefined when the helper knows nothing of the server. What it prints is never shown: it may be the password. */
async function askHelper(name: string, server: string): Promise<Credentials | undefined> {
  const command = `docker-credential-${name}`;
  if (!/^[\w.-]+$/.test(name))
    throw helperFailed(command, server, 'this is not a name of a credential helper');
  const { execa } = await import('execa');
  const result = await execa(command, ['get'], { input: server, timeout: helperWithin, reject: false });
  if (result.code === 'ENOENT') throw helperFailed(command, server, 'it is not installed, or not in PATH');
  if (result.timedOut)
    throw helperFailed(command, server, `it did not answer within ${helperWithin / 1000} s`);
  if (result.failed) {
    if (/credentials not found/i.test(result.stdout + result.stderr)) return undefined;
    throw helperFailed(command, server, `it ended with exit code ${result.exitCode ?? 'none'}`);
  }
  const answer = parseAnswer(result.stdout);
  if (!answer) throw helperFailed(command, server, 'it did not answer with a username and a secret');
  return answer.Username === '<token>'
    ? { identitytoken: answer.Secret }
    : { username: answer.Username, password: answer.Secret };
}

function parseAnswer(text: string): { Username: string; Secret: string } | undefined {
  try {
    const answer = JSON.parse(text) as { Username?: unknown; Secret?: unknown } | null;
    const { Username, Secret } = answer ?? {};
    return typeof Username === 'string' && typeof Secret === 'string' ? { Username, Secret } : undefined;
  } catch {
    return undefined;
  }
}

function helperFailed(command: string, server: string, why: string): ExpectedError {
  return new ExpectedError({
    code: 'E_CREDENTIALS',
    exit: 'auth',
    message: `no credentials for ${server}: ${command} failed`,
    where: 'config.json of docker (credHelpers, credsStore)',
    why,
    hints: [`see what it says: echo ${server} | ${command} get`],
  });
}
