import { ExpectedError } from '../../../core/errors.ts';
import type { KubectlCommand } from '../kubectl-command.ts';
import type { Access } from './kubeconfig.ts';
import { bareHost } from './place-of.ts';
import { exemptionsIn } from './proxy/environment-proxy.ts';
import { credentialsOf, ProxyError, type ProxyServer, shownProxy } from './proxy/proxy.ts';

export interface Attempt {
  context: string;
  kubectl: KubectlCommand;
  access: Pick<Access, 'server' | 'tls' | 'proxy'>;
  env: NodeJS.ProcessEnv;
}

/** Why a cluster cannot be reached, told by where on the way it failed: at the proxy, at the server's certificate, or elsewhere. */
export function unreachable(error: Error, { context, kubectl, access, env }: Attempt): ExpectedError {
  const { server, proxy } = access;
  const way = proxy ? `, through the proxy ${shownProxy(proxy)} of ${proxy.from}` : '';
  return new ExpectedError({
    code: 'E_UNREACHABLE',
    exit: 'unreachable',
    message: `the cluster at ${server.origin} cannot be reached`,
    where: `context ${context}${way}`,
    why: error.message,
    hints: [
      ...(proxy && error instanceof ProxyError ? proxyHints(error, proxy, server, env) : []),
      ...certificateHints(error, access, env),
      `check with: ${kubectl('version')}`,
    ],
  });
}

function proxyHints(
  { status }: ProxyError,
  proxy: ProxyServer,
  { hostname }: URL,
  env: NodeJS.ProcessEnv,
): string[] {
  const fromEnvironment = /^https?_proxy$/i.test(proxy.from);
  const { protocol, host } = proxy.url;
  const login = credentialsOf(proxy)
    ? `the user and the password in ${proxy.from} are not those that it takes`
    : `write the user and the password that it wants into ${proxy.from}: ${protocol}//user:password@${host}`;
  return [
    ...(status === 407 ? [login] : status === 403 ? ['ask who runs it to let this connection pass'] : []),
    ...(status === undefined ? [`look whether ${proxy.from} is right`] : []),
    ...(fromEnvironment
      ? [`if no proxy is needed for this cluster: add ${bareHost(hostname)} to ${exemptionsIn(env)}`]
      : []),
  ];
}

/** What Node says of a certificate of somebody it does not know. */
const unknownAuthority = [
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
];

function certificateHints(
  error: Error,
  { server, tls, proxy }: Attempt['access'],
  env: NodeJS.ProcessEnv,
): string[] {
  const code = codeOf(error);
  const ofProxy = error instanceof ProxyError;
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID' && !ofProxy)
    return [`name the server as its certificate does: tls-server-name of the cluster in the kubeconfig`];
  if (!unknownAuthority.includes(code ?? '')) return [];
  const whose = ofProxy && proxy ? `the proxy ${shownProxy(proxy)}` : server.origin;
  if (tls.ca && !ofProxy)
    return [`the certificate-authority of the kubeconfig is not that of ${whose}: get the kubeconfig anew`];
  const { NODE_EXTRA_CA_CERTS: extra, SSL_CERT_FILE: others } = env;
  const instead = others ? ' (SSL_CERT_FILE is read by kubectl, and not here)' : '';
  return [
    extra
      ? `add the authority of ${whose}, in PEM, to the file of NODE_EXTRA_CA_CERTS: ${extra} has not got it`
      : `have the authority of ${whose} known, by its certificate in PEM: export NODE_EXTRA_CA_CERTS=${others || '<file>'}${instead}`,
    ...(ofProxy ? [] : ['or name that file as certificate-authority of the cluster in the kubeconfig']),
  ];
}

function codeOf(error: Error): string | undefined {
  return (error as ProxyError).code ?? (error.cause as NodeJS.ErrnoException | undefined)?.code;
}
