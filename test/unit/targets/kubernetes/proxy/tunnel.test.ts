import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { ProxyError, readProxyUrl } from '../../../../../src/targets/kubernetes/api/proxy/proxy.ts';
import { openTunnel } from '../../../../../src/targets/kubernetes/api/proxy/tunnel.ts';
import { ConnectError } from '../../../../../src/targets/kubernetes/api/transport.ts';
import { httpProxy, socksProxy } from '../../../../support/forward-proxy.ts';

const open: { close(): void }[] = [];
afterEach(() => {
  for (const one of open.splice(0)) one.close();
});
const kept = async <T extends { close(): void }>(made: Promise<T>): Promise<T> => {
  const one = await made;
  open.push(one);
  return one;
};

/** Greets first, as API servers do not, but servers may. */
const greeter = async () => {
  const server = createServer((socket) => socket.end('hello'));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  open.push(server);
  return { host: '127.0.0.1', port: (server.address() as AddressInfo).port };
};
const silence = async () => {
  const server = createServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  open.push(server);
  return { server, port: (server.address() as AddressInfo).port };
};
const never = new AbortController().signal;
const tunnel = (address: string, to = { host: 'api.invalid', port: 443 }, signal = never) => {
  const read = readProxyUrl(address);
  if ('wrong' in read) throw new Error(read.wrong);
  return openTunnel({ url: read.url, from: 'HTTPS_PROXY' }, to, signal);
};
const refused = async (work: Promise<unknown>): Promise<ProxyError> => {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(ProxyError);
  expect(JSON.stringify(error) + String((error as Error).stack)).not.toContain('canary');
  return error as ProxyError;
};

for (const [name, make, scheme] of [
  ['HTTP', httpProxy, 'http'],
  ['SOCKS', socksProxy, 'socks5'],
] as const) {
  it(`leads through an ${name} proxy, which looks the name up`, async () => {
    const proxy = await kept(make({ to: await greeter() }));
    const socket = await tunnel(`${scheme}://127.0.0.1:${proxy.port}`);
    const [greeting] = await once(socket, 'data');
    expect(String(greeting)).toBe('hello');
    expect(proxy.tunnels).toEqual(['api.invalid:443']);
  });

  it(`logs in at an ${name} proxy, and is refused by other words`, async () => {
    const proxy = await kept(make({ to: await greeter(), login: 'me:can@ry' }));
    const socket = await tunnel(`${scheme}://me:can%40ry@127.0.0.1:${proxy.port}`);
    socket.destroy();
    await refused(tunnel(`${scheme}://me:canary@127.0.0.1:${proxy.port}`));
    await refused(tunnel(`${scheme}://127.0.0.1:${proxy.port}`));
  });

  it(`says that an ${name} proxy is not there`, async () => {
    expect((await refused(tunnel(`${scheme}://me:canary@127.0.0.1:1`))).message).toBe(
      'the proxy cannot be reached: connect ECONNREFUSED 127.0.0.1:1',
    );
  });

  it(`lets go of an ${name} proxy that does not answer when it is not needed any more`, async () => {
    const { server, port } = await silence();
    const stop = new AbortController();
    const heard = once(server, 'connection');
    const opening = tunnel(`${scheme}://127.0.0.1:${port}`, undefined, stop.signal);
    const [socket] = await heard;
    const gone = once(socket.resume(), 'close');
    stop.abort();
    await expect(opening).rejects.toThrow(ConnectError);
    await expect(opening).rejects.toThrow('it is not needed any more');
    await gone;
    await expect(tunnel(`${scheme}://127.0.0.1:${port}`, undefined, stop.signal)).rejects.toThrow(
      'not needed',
    );
  });
}

it('tells what an HTTP proxy answers', async () => {
  const answers = [
    ['403 Forbidden', 403, 'the proxy did not connect to [fd00::1]:443: 403 Forbidden'],
    ['502 Bad Gateway', 502, 'the proxy did not connect to [fd00::1]:443: 502 Bad Gateway'],
    [
      '407 Who\r\nproxy-authenticate: Negotiate\r\nproxy-authenticate: NTLM',
      407,
      'the proxy did not connect to [fd00::1]:443: 407 Who, which takes Negotiate and NTLM alone',
    ],
    [
      '407 Who\r\nproxy-authenticate: NTLM\r\nproxy-authenticate: basic realm=a',
      407,
      'the proxy did not connect to [fd00::1]:443: 407 Who',
    ],
  ] as const;
  for (const [answer, status, message] of answers) {
    const proxy = await kept(httpProxy({ answer }));
    const error = await refused(tunnel(`127.0.0.1:${proxy.port}`, { host: 'fd00::1', port: 443 }));
    expect(error).toMatchObject({ status, message });
  }
});

it('says why a name with several addresses leads nowhere', async () => {
  expect((await refused(tunnel('http://localhost:1'))).message).toMatch(
    /^the proxy cannot be reached: connect ECONNREFUSED \S+:1$/,
  );
});

it('tells what is no proxy, and one that closes', async () => {
  const { host, port } = await greeter();
  expect((await refused(tunnel(`http://me:canary@${host}:${port}`))).message).toBe(
    'the proxy did not connect to api.invalid:443: what answers there is no HTTP proxy',
  );
  const { server, port: closing } = await silence();
  server.on('connection', (socket) => socket.destroy());
  expect((await refused(tunnel(`http://me:canary@127.0.0.1:${closing}`))).message).toMatch(
    /^the proxy did not connect to api.invalid:443: (socket hang up|read ECONNRESET)$/,
  );
});
