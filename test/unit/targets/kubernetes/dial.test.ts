import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { dial } from '../../../../src/targets/kubernetes/api/dial.ts';
import type { Access } from '../../../../src/targets/kubernetes/api/kubeconfig.ts';
import { httpProxy } from '../../../support/forward-proxy.ts';

const silent = createServer();
let server: URL;
beforeEach(async () => {
  await once(silent.listen(0, '127.0.0.1'), 'listening');
  server = new URL(`https://127.0.0.1:${(silent.address() as AddressInfo).port}`);
});
afterEach(() => void silent.close());

it('lets go of a server that has not answered yet when it is not needed any more', async () => {
  const stop = new AbortController();
  const heard = once(silent, 'connection');
  const dialing = dial({ server, tls: {}, headers: {} }, stop.signal);
  const [socket] = await heard;
  const gone = once(socket.resume(), 'close');
  stop.abort();
  await expect(dialing).rejects.toThrow('it is not needed any more');
  await gone;
  await expect(dial({ server, tls: {}, headers: {} }, stop.signal)).rejects.toThrow('not needed');
});

it('tells the server by which name it is called, also through a proxy, and never an address', async () => {
  const { port } = silent.address() as AddressInfo;
  const proxy = await httpProxy({ to: { host: '127.0.0.1', port } });
  const url = new URL(`http://127.0.0.1:${proxy.port}`);
  const hello = async (access: Access) => {
    const heard = once(silent, 'connection');
    const dialing = dial(access, new AbortController().signal).catch(() => undefined);
    const [socket] = await heard;
    const [bytes] = (await once(socket, 'data')) as [Buffer];
    socket.destroy();
    await dialing;
    return bytes.toString('latin1');
  };
  try {
    for (const through of [undefined, { url, from: 'HTTPS_PROXY' }]) {
      const named = { server: new URL(`https://localhost:${port}`), tls: {}, headers: {}, proxy: through };
      expect(await hello(named)).toContain('localhost');
      const called = { ...named, tls: { servername: 'api.example.com' } };
      expect(await hello(called)).toContain('api.example.com');
      expect(await hello({ ...named, server })).not.toContain('127.0.0.1');
    }
    expect(proxy.tunnels).toEqual([`localhost:${port}`, `localhost:${port}`, `127.0.0.1:${port}`]);
  } finally {
    proxy.close();
  }
});

it('says why a name with several addresses leads nowhere', async () => {
  const nowhere = { server: new URL('https://localhost:1'), tls: {}, headers: {} };
  await expect(dial(nowhere, new AbortController().signal)).rejects.toThrow(/ECONNREFUSED \S+:1$/);
});
