import { access } from 'node:fs/promises';
import type { Agent, RequestOptions } from 'node:https';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createSecureContext } from 'node:tls';
import { KubeConfig } from '@kubernetes/client-node';
import { ExpectedError } from '../../../core/errors.ts';
import { nearest } from '../../../core/suggest.ts';

/** How to reach a cluster, and as whom. Holds secrets: never print it. */
export interface Access {
  server: URL;
  tls: Pick<RequestOptions, 'ca' | 'cert' | 'key' | 'servername' | 'rejectUnauthorized'>;
  headers: Readonly<Record<string, string>>;
  /** Where the kubeconfig names a proxy. */
  proxyAgent?: Agent;
}

/**
 * Access by one context of the kubeconfig files, read again at each call, so that a rotated token or a plugin's next one is found.
 * Throws E_CONTEXT (4), E_KUBECONFIG (3), E_AUTH (6) when a credential plugin fails.
 */
export async function readAccess(context: string, kubeconfig?: string): Promise<Access> {
  const files = kubeconfig ? [kubeconfig] : await defaultFiles();
  const config = mergedConfig(files);
  if (!config.getContextObject(context)) throw unknownContext(context, config, files);
  config.setCurrentContext(context);
  const cluster = config.getCurrentCluster();
  if (!cluster?.server) throw badKubeconfig(files, `context ${context} names a cluster that is not there`);
  tellPlugin(config);
  const options: RequestOptions = {};
  try {
    await config.applyToHTTPSOptions(options);
  } catch (cause) {
    throw credentialsFailed(config, files, cause as Error);
  }
  const { ca, cert, key, servername, rejectUnauthorized, auth, headers, agent } = options;
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
    ...(cluster.proxyUrl ? { proxyAgent: agent as Agent } : {}),
  };
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

/** Plugins are promised this variable; without it some refuse to work, and others would ask questions. */
function tellPlugin(config: KubeConfig): void {
  const exec = config.getCurrentUser()?.exec as { apiVersion?: string; env?: object[] | null } | undefined;
  if (!exec) return;
  const info = { apiVersion: exec.apiVersion, kind: 'ExecCredential', spec: { interactive: false } };
  exec.env = [...(exec.env ?? []), { name: 'KUBERNETES_EXEC_INFO', value: JSON.stringify(info) }];
}

function unknownContext(context: string, config: KubeConfig, files: readonly string[]): ExpectedError {
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
        : 'kubectl config get-contexts',
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

function credentialsFailed(
  config: KubeConfig,
  files: readonly string[],
  cause: Error & { code?: string },
): ExpectedError {
  const user = config.getCurrentUser();
  const plugin = (user?.exec as { command?: string } | undefined)?.command;
  if (!plugin) return badKubeconfig(files, cause.message.split('\n')[0]!);
  return new ExpectedError({
    code: 'E_AUTH',
    exit: 'auth',
    message: `the credential plugin ${plugin} of user ${user!.name} failed`,
    where: shownFiles(files),
    why: pluginTrouble(plugin, cause),
    hints: ['log in as its documentation says, then repeat the command'],
  });
}

/** A parser's message quotes what the plugin printed, which may be the token. */
function pluginTrouble(plugin: string, cause: Error & { code?: string }): string | string[] {
  if (cause.code === 'ENOENT') return `there is no program ${plugin}`;
  if (cause instanceof SyntaxError) return 'it did not answer with an ExecCredential';
  return cause.message.trim().split('\n').slice(-5);
}

function shownFiles(files: readonly string[]): string {
  return files.length > 0 ? files.join(', ') : process.env.KUBECONFIG || '~/.kube/config';
}
