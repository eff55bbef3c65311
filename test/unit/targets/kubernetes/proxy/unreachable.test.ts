import { expect, it } from 'vitest';
import type { Access } from '../../../../../src/targets/kubernetes/api/kubeconfig.ts';
import { ProxyError } from '../../../../../src/targets/kubernetes/api/proxy/proxy.ts';
import { ConnectError, LostError } from '../../../../../src/targets/kubernetes/api/transport.ts';
import { unreachable } from '../../../../../src/targets/kubernetes/api/unreachable.ts';
import { kubectlCommand } from '../../../../../src/targets/kubernetes/kubectl-command.ts';

const check = 'check with: kubectl --context lab version';
const attempt = (access: Partial<Access> = {}, env: NodeJS.ProcessEnv = {}) => ({
  context: 'lab',
  kubectl: kubectlCommand('lab'),
  access: { server: new URL('https://[fd00::2]:6443/base'), tls: {}, ...access },
  env,
});
const proxy = (from: string, login = '') => ({
  proxy: { url: new URL(`http://${login}proxy.example.com:3128`), from },
});

it('says no more than is known where there is neither a proxy nor a certificate in it', () => {
  expect(unreachable(new LostError('no answer within 5 s'), attempt()).explanation).toEqual({
    code: 'E_UNREACHABLE',
    exit: 'unreachable',
    message: 'the cluster at https://[fd00::2]:6443 cannot be reached',
    where: 'context lab',
    why: 'no answer within 5 s',
    hints: [check],
  });
});

it('names the proxy and where it comes from, without its credentials, whatever fails', () => {
  const ours = proxy('https_proxy', 'me:canary@');
  for (const error of [new LostError('cut'), new ProxyError('no'), new ProxyError('no', { status: 407 })]) {
    const { explanation } = unreachable(error, attempt(ours));
    expect(explanation.where).toBe(
      'context lab, through the proxy http://proxy.example.com:3128 of https_proxy',
    );
    expect(JSON.stringify(explanation)).not.toContain('canary');
  }
});

it('tells the way out of a proxy that is the wrong one, or not needed', () => {
  const hints = (error: Error, access: Partial<Access>, env?: NodeJS.ProcessEnv) =>
    unreachable(error, attempt(access, env)).explanation.hints;
  expect(hints(new ProxyError('gone'), proxy('HTTPS_PROXY'))).toEqual([
    'look whether HTTPS_PROXY is right',
    'if no proxy is needed for this cluster: add fd00::2 to NO_PROXY',
    check,
  ]);
  expect(hints(new ProxyError('no', { status: 502 }), proxy('HTTPS_PROXY'), { no_proxy: 'a' })).toEqual([
    'if no proxy is needed for this cluster: add fd00::2 to no_proxy',
    check,
  ]);
  expect(
    hints(new ProxyError('no', { status: 403 }), proxy('proxy-url of cluster c in the kubeconfig')),
  ).toEqual(['ask who runs it to let this connection pass', check]);
  expect(hints(new ProxyError('no', { status: 407 }), proxy('HTTPS_PROXY'))![0]).toBe(
    'write the user and the password that it wants into HTTPS_PROXY: http://user:password@proxy.example.com:3128',
  );
  expect(hints(new ProxyError('no', { status: 407 }), proxy('HTTPS_PROXY', 'me:canary@'))![0]).toBe(
    'the user and the password in HTTPS_PROXY are not those that it takes',
  );
  expect(hints(new ConnectError('server said no'), proxy('HTTPS_PROXY'))).toEqual([check]);
});

it('tells how an authority becomes known, and which is not', () => {
  const refused = (code: string) =>
    new ConnectError('of TLS', { cause: Object.assign(new Error('of TLS'), { code }) });
  const hints = (error: Error, access: Partial<Access> = {}, env: NodeJS.ProcessEnv = {}) =>
    unreachable(error, attempt(access, env)).explanation.hints!.slice(0, -1);
  const unknown = refused('UNABLE_TO_VERIFY_LEAF_SIGNATURE');
  const server = 'https://[fd00::2]:6443';
  const inKubeconfig = 'or name that file as certificate-authority of the cluster in the kubeconfig';
  expect(hints(unknown)).toEqual([
    `have the authority of ${server} known, by its certificate in PEM: export NODE_EXTRA_CA_CERTS=<file>`,
    inKubeconfig,
  ]);
  expect(hints(unknown, {}, { SSL_CERT_FILE: '/etc/company.pem' })).toEqual([
    `have the authority of ${server} known, by its certificate in PEM: export NODE_EXTRA_CA_CERTS=/etc/company.pem (SSL_CERT_FILE is read by kubectl, and not here)`,
    inKubeconfig,
  ]);
  expect(
    hints(unknown, {}, { SSL_CERT_FILE: '/etc/company.pem', NODE_EXTRA_CA_CERTS: '/etc/extra.pem' }),
  ).toEqual([
    `add the authority of ${server}, in PEM, to the file of NODE_EXTRA_CA_CERTS: /etc/extra.pem has not got it`,
    inKubeconfig,
  ]);
  expect(hints(unknown, { tls: { ca: 'PEM' } }, { SSL_CERT_FILE: '/etc/company.pem' })).toEqual([
    `the certificate-authority of the kubeconfig is not that of ${server}: get the kubeconfig anew`,
  ]);
  expect(hints(refused('ERR_TLS_CERT_ALTNAME_INVALID'))).toEqual([
    'name the server as its certificate does: tls-server-name of the cluster in the kubeconfig',
  ]);
  expect(hints(refused('CERT_HAS_EXPIRED'))).toEqual([]);
  const ofProxy = new ProxyError('of TLS', { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
  expect(hints(ofProxy, { ...proxy('HTTPS_PROXY'), tls: { ca: 'PEM' } })).toContain(
    'have the authority of the proxy http://proxy.example.com:3128 known, by its certificate in PEM: export NODE_EXTRA_CA_CERTS=<file>',
  );
});
