import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { dial } from '../../../../src/targets/kubernetes/api/dial.ts';

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
