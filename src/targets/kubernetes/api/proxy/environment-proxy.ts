import { ExpectedError } from '../../../../core/errors.ts';
import { placeOf } from '../place-of.ts';
import { isExempt } from './no-proxy.ts';
import { type ProxyServer, readProxyUrl } from './proxy.ts';

/**
 * The proxy that the environment names for a server, as kubectl takes it: the first of a pair that is not empty, and capitals before small
 * letters. Throws E_PROXY (3) for one that cannot be used.
 */
export function environmentProxy(server: URL, env: NodeJS.ProcessEnv): ProxyServer | undefined {
  const secure = server.protocol === 'https:';
  const from = firstSet(secure ? ['HTTPS_PROXY', 'https_proxy'] : ['HTTP_PROXY', 'http_proxy'], env);
  if (from === undefined) return undefined;
  const { host, port } = placeOf(server);
  if (isExempt(env[exemptionsIn(env)] ?? '', host, port)) return undefined;
  const read = readProxyUrl(env[from]!);
  if ('url' in read) return { url: read.url, from };
  throw new ExpectedError({
    code: 'E_PROXY',
    exit: 'validation',
    message: `the proxy for ${server.origin} cannot be used`,
    where: `environment variable ${from}`,
    why: read.wrong,
    hints: [
      `set it like this: ${from}=http://proxy.example.com:3128`,
      'write special characters of a user or a password as %XX, e.g. %40 for @',
      `or, if no proxy is needed: add ${host} to ${exemptionsIn(env)}`,
    ],
  });
}

/** The variable that says what is reached without a proxy. */
export function exemptionsIn(env: NodeJS.ProcessEnv): string {
  return firstSet(['NO_PROXY', 'no_proxy'], env) ?? 'NO_PROXY';
}

function firstSet(names: readonly string[], env: NodeJS.ProcessEnv): string | undefined {
  return names.find((name) => env[name]);
}
