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
