import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { createConnection } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { addressOf, ask, claim } from '../../../src/system/single-instance.ts';
import { until } from './place.ts';

const system = Object.getOwnPropertyDescriptor(process, 'platform')!;
afterEach(() => Object.defineProperty(process, 'platform', system));

describe.each(['linux', 'darwin'])('a claim, the way of %s', (platform) => {
  const use = () => Object.defineProperty(process, 'platform', { ...system, value: platform });

  it('is given once, answers others, and can be had again when it was let go', async () => {
    use();
    const name = randomUUID();
    expect(await ask(name, 'who', 500)).toEqual({ state: 'absent' });
    const first = (await claim(name, (request) => ({ request, pid: process.pid })))!;
    expect(await claim(name, () => null)).toBeUndefined();
    expect(await ask(name, 'who', 500)).toEqual({
      state: 'answered',
      reply: { request: 'who', pid: process.pid },
    });
    await first.release();
    expect(await ask(name, 'who', 500)).toEqual({ state: 'absent' });
    const second = (await claim(name, () => null))!;
    await second.release();
  });

  it('ends with its process', async () => {
    use();
    const name = randomUUID();
    const script = `require('net').createServer().listen(${JSON.stringify(addressOf(name))}, () => console.log('ready'))`;
    const holder = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    await new Promise((resolve) => holder.stdout.once('data', resolve));
    expect(await claim(name, () => null)).toBeUndefined();
    holder.kill('SIGKILL');
    await new Promise((resolve) => holder.once('exit', resolve));
    if (platform === 'darwin') expect(existsSync(addressOf(name))).toBe(true);
    const mine = await claim(name, () => null);
    expect(mine).toBeDefined();
    await mine!.release();
  });

  it('that does not answer is told from one that is not there', async () => {
    use();
    const name = randomUUID();
    const script = `require('net').createServer().listen(${JSON.stringify(addressOf(name))}, () => console.log('ready'))`;
    const holder = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    await new Promise((resolve) => holder.stdout.once('data', resolve));
    holder.kill('SIGSTOP');
    expect(await ask(name, 'who', 300)).toEqual({ state: 'silent' });
    expect(await claim(name, () => null)).toBeUndefined();
    holder.kill('SIGKILL');
  });

  it('is not disturbed by what is no request, and closes on it', async () => {
    use();
    const name = randomUUID();
    const mine = (await claim(name, (request) => request))!;
    for (const nonsense of ['no json\n', `${'x'.repeat(70_000)}`, '']) {
      const socket = createConnection(addressOf(name));
      let closed = false;
      socket
        .on('error', () => undefined)
        .on('close', () => {
          closed = true;
        });
      if (nonsense) {
        socket.write(nonsense);
        await until('it is closed', () => closed);
      }
    }
    expect(await ask(name, { still: 'there' }, 500)).toEqual({
      state: 'answered',
      reply: { still: 'there' },
    });
    await mine.release();
  });
});

describe('the address of a claim', () => {
  it('is full length on Linux, where versions of Node disagree about shorter ones', () => {
    for (const name of ['', 'a', 'x'.repeat(500)]) {
      expect(addressOf(name, 'linux')).toHaveLength(108);
      expect(addressOf(name, 'linux')).toMatch(/^\0cloudnative-[0-9a-f]{64}-+$/);
      expect(Buffer.byteLength(addressOf(name, 'darwin'))).toBeLessThan(104);
    }
    expect(addressOf('a', 'linux')).not.toBe(addressOf('b', 'linux'));
    expect(addressOf('a', 'win32')).toMatch(/^\\\\\?\\pipe\\cloudnative-/);
  });
});
