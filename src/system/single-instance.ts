import { createHash } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import { createConnection, createServer, type Server, type Socket } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { dirname, join } from 'node:path';

/** A name that one process of this machine holds at a time. The system frees it when that process ends, however it ends. */
export interface Claim {
  release(): Promise<void>;
}

export type Asked = { state: 'absent' } | { state: 'silent' } | { state: 'answered'; reply: unknown };

/** Takes the name, and answers other processes that ask under it; undefined when it is taken. `answer` gets and gives JSON. */
export async function claim(name: string, answer: (request: unknown) => unknown): Promise<Claim | undefined> {
  const address = addressOf(name);
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.on('close', () => sockets.delete(socket)));
    serve(socket, answer);
  });
  const isFile = !address.startsWith('\0') && process.platform !== 'win32';
  if (isFile) mkdirSync(dirname(address), { recursive: true, mode: 0o700 });
  let taken = !(await listen(server, address));
  if (taken && isFile && (await ask(name, null, 500)).state === 'absent') {
    // A socket file outlives its process; the name in Linux's own table, and a Windows pipe, do not.
    rmSync(address, { force: true });
    taken = !(await listen(server, address));
  }
  if (taken) return undefined;
  return {
    release: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

/** Asks the process that holds the name: `absent` when there is none, `silent` when it has not answered in `timeout` milliseconds. */
export function ask(name: string, request: unknown, timeout: number): Promise<Asked> {
  return new Promise((resolve) => {
    const socket = createConnection(addressOf(name));
    const settle = (asked: Asked) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(asked);
    };
    const timer = setTimeout(() => settle({ state: 'silent' }), timeout);
    socket.on('connect', () => socket.write(`${JSON.stringify(request)}\n`));
    onLine(socket, (reply) => settle({ state: 'answered', reply }));
    // A holder that ends instead of answering counts as gone.
    socket.on('error', () => settle({ state: 'absent' }));
    socket.on('close', () => settle({ state: 'absent' }));
  });
}

/** Where the name is found on this kind of system. */
export function addressOf(name: string, platform: NodeJS.Platform = process.platform): string {
  const id = createHash('sha256').update(name).digest('hex');
  // Node 20 fills such a name up with zeros to 107 characters and Node 24 does not: only a full one is the same in both.
  if (platform === 'linux') return `\0cloudnative-${id}`.padEnd(108, '-');
  if (platform === 'win32') return `\\\\?\\pipe\\cloudnative-${id}`;
  return join(tmpdir(), `cloudnative-${userInfo().uid}`, `${id.slice(0, 24)}.sock`);
}

function listen(server: Server, address: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const onError = (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(false) : reject(error);
    server.once('error', onError);
    server.listen(address, () => {
      server.off('error', onError);
      resolve(true);
    });
  });
}

function serve(socket: Socket, answer: (request: unknown) => unknown): void {
  socket.on('error', () => socket.destroy());
  socket.setTimeout(5000, () => socket.destroy());
  onLine(socket, (request) => socket.end(`${JSON.stringify(answer(request) ?? null)}\n`));
}

/** Calls back once with the first line as JSON; anything longer than 64 KiB, or not JSON, ends the connection. */
function onLine(socket: Socket, use: (value: unknown) => void): void {
  let text = '';
  let used = false;
  socket.setEncoding('utf8').on('data', (chunk: string) => {
    if (used) return;
    text += chunk;
    const end = text.indexOf('\n');
    if (end < 0 && text.length < 65_536) return;
    used = true;
    try {
      use(JSON.parse(text.slice(0, end)));
    } catch {
      socket.destroy();
    }
  });
}
