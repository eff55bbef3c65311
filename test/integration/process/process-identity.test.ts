import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { isPortFree, portHolder } from '../../../src/system/ports.ts';
import {
  commandOf,
  identify,
  isRunning,
  parseStat,
  processesWithVariable,
  startByPs,
} from '../../../src/system/process-identity.ts';
import { until } from './place.ts';

const children: ReturnType<typeof spawn>[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

function run(script: string, env: Record<string, string> = {}) {
  const child = spawn('sh', ['-c', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { PATH: process.env.PATH, ...env },
  });
  children.push(child);
  return child;
}

describe('the identity of a process', () => {
  it('stays the same while it runs and is nobody’s afterwards', async () => {
    const child = run('exec sleep 60');
    const identity = identify(child.pid!)!;
    expect(identify(child.pid!)).toEqual(identity);
    expect(isRunning(identity)).toBe(true);
    expect(isRunning({ ...identity, start: identify(process.pid)!.start })).toBe(false);
    expect(startByPs(child.pid!)).toBe(startByPs(child.pid!));
    child.kill('SIGKILL');
    await until('it has ended', () => !isRunning(identity));
    await until('ps says so too', () => startByPs(child.pid!) === undefined);
  });

  it('is not that of a process that has ended and was not reaped', async () => {
    const child = run('sleep 0.3 & echo $!; exec sleep 60');
    const zombie = Number(await new Promise((resolve) => child.stdout!.once('data', resolve)));
    await until('it is a zombie', () => commandOf(zombie) === 'sleep' && identify(zombie) === undefined);
    expect(() => process.kill(zombie, 0)).not.toThrow();
    expect(startByPs(zombie)).toBeUndefined();
  });

  it('is still that of a process whose first thread alone has ended', async () => {
    const exit = { x64: 60, arm64: 93 }[process.arch as 'x64' | 'arm64'];
    const script = `import ctypes, threading, time
threading.Thread(target=lambda: time.sleep(60)).start()
print('threads', flush=True)
ctypes.CDLL(None).syscall(${exit}, 0)`;
    const child = run(`exec python3 -c "$SCRIPT"`, { SCRIPT: script });
    await new Promise((resolve) => child.stdout!.once('data', resolve));
    const leaderState = () => parseStat(readFileSync(`/proc/${child.pid}/stat`, 'utf8'))?.state;
    await until('its first thread is a zombie', () => leaderState() === 'Z');
    expect(identify(child.pid!)).toBeDefined();
    child.kill('SIGKILL');
    await until('it has ended', () => identify(child.pid!) === undefined);
  });

  it('does not exist for numbers that are no pid', () => {
    for (const pid of [0, -1, 1.5, Number.NaN, 2 ** 40]) expect(identify(pid)).toBeUndefined();
  });
});

describe('the mark in the environment', () => {
  it('is found in a process and its children, by the exact value', async () => {
    const value = `/a/b ${process.pid}`;
    const child = run('sleep 60 & echo $!; wait', { MARK: value });
    const grandchild = Number(await new Promise((resolve) => child.stdout!.once('data', resolve)));
    const both = String([child.pid!, grandchild].sort());
    // A process that is just becoming another program has no environment for a moment.
    await until('both are there', () => String(processesWithVariable('MARK', value).sort()) === both);
    expect(processesWithVariable('MARK', '/a/b')).toEqual([]);
    expect(processesWithVariable('ARK', value)).toEqual([]);
    process.kill(grandchild, 'SIGKILL');
  });
});

describe('a port', () => {
  it.each(['127.0.0.1', '0.0.0.0', '::'])(
    'that is listened on at %s is not free, and its holder is known',
    async (host) => {
      const server = createServer();
      await new Promise<void>((resolve) => server.listen(0, host, resolve));
      const { port } = server.address() as { port: number };
      expect(await isPortFree(port, '127.0.0.1')).toBe(false);
      expect(portHolder(port)).toEqual({ pid: process.pid, command: commandOf(process.pid) });
      await new Promise((resolve) => server.close(resolve));
      expect(await isPortFree(port, '127.0.0.1')).toBe(true);
      expect(portHolder(port)).toBeUndefined();
    },
  );
});
