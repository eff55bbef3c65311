import { access } from 'node:fs/promises';
import type { RequestOptions } from 'node:https';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createSecureContext } from 'node:tls';
import { type Cluster, KubeConfig, type User } from '@kubernetes/client-node';
import { ExpectedError } from '../../../core/errors.ts';
import { shellWord } from '../../../core/shell-word.ts';
import { nearest } from '../../../core/suggest.ts';
import { askPlugin, type CredentialPlugin } from './credential-plugin.ts';
import { type ProxyServer, readProxyUrl } from './proxy/proxy.ts';

/** How to reach a cluster, and as whom. Holds secrets: never print it. */
export interface Access {
  server: URL;
  tls: Pick<RequestOptions, 'ca' | 'cert' | 'key' | 'servername' | 'rejectUnauthorized'>;
  headers: Readonly<Record<string, string>>;
  /** Every connection is made through it. */
  proxy?: ProxyServer;
}

export interface AccessOptions {
  /** Any of them ends the wait for a plugin, and the plugin. */
  signals?: readonly AbortSignal[];
  /** Called with the plugin that is waited for, and with nothing once it has answered. */
  onPlugin?: (command?: string) => void;
}

/** Milliseconds that a plugin has for its answer. */
const pluginLimit = 30_000;

/**
 * Access by one context of the kubeconfig files, read again at each call, so that a rotated token or a plugin's next one is found.
 * Throws E_CONTEXT (4), E_KUBECONFIG (3), E_AUTH (6) when a credential plugin fails.
 */
export async function readAccess(
  context: string,
  kubeconfig?: string,
  { signals = [], onPlugin }: AccessOptions = {},
): Promise<Access> {
  const files = kubeconfig ? [kubeconfig] : await defaultFiles();
  const config = mergedConfig(files);
  if (!config.getContextObject(context)) throw unknownContext(context, config, files, kubeconfig);
  config.setCurrentContext(context);
  const cluster = config.getCurrentCluster();
  if (!cluster?.server) throw badKubeconfig(files, `context ${context} names a cluster that is not there`);
  const proxy = proxyOf(cluster, files);
  // Else the library makes an agent for it.
  config.clusters = config.clusters.map(({ proxyUrl: _, ...rest }) => rest);
  await logIn(config, files, { signals, onPlugin });
  const options: RequestOptions = {};
  try {
    await config.applyToHTTPSOptions(options);
  } catch (cause) {
    throw badKubeconfig(files, (cause as Error).message.split('\n')[0]!);
  }
  const { ca, cert, key, servername, rejectUnauthorized, auth, headers } = options;
  if (!URL.canParse(cluster.server))
    throw badKubeconfig(files, `the server of cluster ${cluster.name} is no URL`);
  try {
    createSecureContext({ ca, cert, key });
  } catch {
    throw badKubeconfig(files, `a certificate or key of context ${context} cannot be read`);
  }
  const basic = auth ? { authorization: `Basic ${Buffer.from(auth).toString('base64')}` } : {};
  const given = Object.entries((headers ?? {}) as Record<string, string>).map(([name, value]) => [
    name.toLowerCase(),
    value,
  ]);
  return {
    server: new URL(cluster.server),
    tls: { ca, cert, key, servername, rejectUnauthorized },
    headers: { ...basic, ...Object.fromEntries(given) },
    ...(proxy ? { proxy } : {}),
  };
}

function proxyOf({ name, proxyUrl }: Cluster, files: readonly string[]): ProxyServer | undefined {
  if (!proxyUrl) return undefined;
  const from = `proxy-url of cluster ${name} in the kubeconfig`;
  const read = readProxyUrl(proxyUrl);
  if ('wrong' in read) throw badKubeconfig(files, `${from}: ${read.wrong}`);
  return { url: read.url, from };
}

/** Files of KUBECONFIG that exist, or the one in the home folder, as kubectl takes them. */
async function defaultFiles(): Promise<string[]> {
  const listed = process.env.KUBECONFIG?.split(delimiter).filter(Boolean);
  const files = listed?.length ? listed : [join(homedir(), '.kube', 'config')];
  const there = await Promise.all(
    files.map((file) =>
      access(file).then(
        () => true,
        () => false,
      ),
    ),
  );
  return files.filter((_, index) => there[index]);
}

/** As kubectl merges: the first file that has a name wins. */
function mergedConfig(files: readonly string[]): KubeConfig {
  const merged = new KubeConfig();
  const parts = files.map((file) => {
    const config = new KubeConfig();
    try {
      config.loadFromFile(file);
    } catch (cause) {
      // Messages of YAML errors quote the file, which may hold a token.
      const { reason, message } = cause as { reason?: string; message: string };
      throw badKubeconfig(
        [file],
        cause instanceof TypeError ? 'it is no kubeconfig' : (reason ?? message.split('\n')[0]!),
      );
    }
    return config;
  });
  const first = <T extends { name: string }>(lists: readonly (readonly T[])[]): T[] => [
    ...new Map(
      lists
        .flat()
        .reverse()
        .map((item) => [item.name, item]),
    ).values(),
  ];
  merged.loadFromOptions({
    clusters: first(parts.map((part) => part.getClusters())),
    users: first(parts.map((part) => part.getUsers())),
    contexts: first(parts.map((part) => part.getContexts())),
    currentContext: '',
  });
  return merged;
}

/** Puts in place of the user's plugin what it answers. */
async function logIn(
  config: KubeConfig,
  files: readonly string[],
  { signals, onPlugin }: AccessOptions & { signals: readonly AbortSignal[] },
): Promise<void> {
  const user = config.getCurrentUser() as (User & { exec?: CredentialPlugin | null }) | null;
  if (!user?.exec) return;
  const { exec, ...rest } = user;
  onPlugin?.(exec.command);
  const options = { user: user.name, where: shownFiles(files), within: pluginLimit, signals };
  const { token, certificate, key } = await askPlugin(exec, options).finally(() => onPlugin?.());
  const pair = {
    certData: encoded(certificate),
    keyData: encoded(key),
    certFile: undefined,
    keyFile: undefined,
  };
  const known = { ...rest, token: user.token ?? token, ...(certificate ? pair : {}) };
  config.users = config.users.map((one) => (one === user ? known : one));
}

function encoded(text: string | undefined): string | undefined {
  return text && Buffer.from(text).toString('base64');
}

function unknownContext(
  context: string,
  config: KubeConfig,
  files: readonly string[],
  kubeconfig?: string,
): ExpectedError {
  const names = config
    .getContexts()
    .map(({ name }) => name)
    .sort();
  const near = nearest(context, names);
  const known = names.length > 0 ? `the contexts are ${names.join(', ')}` : 'it has no contexts';
  return new ExpectedError({
    code: 'E_CONTEXT',
    exit: 'notFound',
    message: `there is no context ${context}`,
    where: shownFiles(files),
    why: files.length > 0 ? known : 'no kubeconfig was found',
    hints: [
      near
        ? `did you mean ${near}? It is named by context in cloudnative.yaml, or by --context`
        : `kubectl config get-contexts${kubeconfig === undefined ? '' : ` --kubeconfig ${shellWord(kubeconfig)}`}`,
    ],
  });
}

function badKubeconfig(files: readonly string[], why: string): ExpectedError {
  return new ExpectedError({
    code: 'E_KUBECONFIG',
    exit: 'validation',
    message: 'the kubeconfig cannot be used',
    where: shownFiles(files),
    why,
  });
}

function shownFiles(files: readonly string[]): string {
  return files.length > 0 ? files.join(', ') : process.env.KUBECONFIG || '~/.kube/config';
}
