import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { expect, it } from 'vitest';
import type { Access } from '../../../../src/targets/kubernetes/api/kubeconfig.ts';
import { createLink } from '../../../../src/targets/kubernetes/api/link.ts';

const start: Access = {
  server: new URL('https://one.example:6443'),
  tls: { ca: Buffer.from('authority') },
  headers: { authorization: 'Bearer old' },
};

/** What a run gets that began with `start`, when its kubeconfig says this after a 401. */
async function renewed(later: Access): Promise<Access> {
  const answers = [start, later];
  const link = createLink('lab', async () => answers.shift()!);
  expect(link.renew(await link.access())).toBe(true);
  const found = await link.access().catch(async (error) => {
    // Nor does anything later get through.
    await expect(link.access()).rejects.toBe(error);
    throw error;
  });
  link.close();
  return found;
}

it('takes new credentials', async () => {
  const later: Access = {
    server: new URL('https://one.example:6443/'),
    tls: { ca: 'authority', cert: 'new', key: 'new', rejectUnauthorized: true },
    headers: { authorization: 'Bearer new' },
  };
  expect(await renewed(later)).toBe(later);
});

it.each([
  ['server', { ...start, server: new URL('https://two.example:6443') }, 'https://two.example:6443/ now'],
  ['path', { ...start, server: new URL('https://one.example:6443/two') }, 'https://one.example:6443/two now'],
  ['authority', { ...start, tls: { ca: Buffer.from('other') } }, 'certificate authority'],
  ['no authority', { ...start, tls: {} }, 'certificate authority'],
  ['name', { ...start, tls: { ...start.tls, servername: 'two.example' } }, 'certificate authority'],
  ['no check', { ...start, tls: { ...start.tls, rejectUnauthorized: false } }, 'certificate authority'],
])('ends where the %s is another', async (_, later, why) => {
  await expect(renewed(later)).rejects.toMatchObject({
    explanation: {
      code: 'E_OTHER_CLUSTER',
      exit: 'conflict',
      message: 'context lab points to another server now',
      why: expect.stringContaining(why),
    },
  });
});

it('ends the wait for a first connection when it is told to stop, also that for a proxy', async () => {
  const silent = createServer();
  await once(silent.listen(0, '127.0.0.1'), 'listening');
  const address = `127.0.0.1:${(silent.address() as AddressInfo).port}`;
  const proxy = { url: new URL(`http://${address}`), from: 'HTTPS_PROXY' };
  const request = { method: 'GET', path: '/version', headers: {}, timeout: 60_000 } as const;
  try {
    for (const access of [
      { ...start, server: new URL(`https://${address}`), tls: {} },
      { ...start, tls: {}, proxy },
    ]) {
      const stop = new AbortController();
      const link = createLink('lab', async () => access, stop.signal);
      const heard = once(silent, 'connection');
      const sending = link.send(request);
      const [socket] = await heard;
      const gone = once(socket.resume(), 'close');
      stop.abort();
      await expect(sending).rejects.toThrow('it is not needed any more');
      await gone;
      link.close();
    }
  } finally {
    silent.close();
  }
});
