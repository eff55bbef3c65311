import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { commandOf } from './process-identity.ts';

export interface PortHolder {
  pid: number;
  command: string;
}

/** Whether a TCP port of an IPv4 address can be bound now. */
export function isPortFree(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/** Who listens on a TCP port of this machine; undefined when that cannot be told (another user's process, another system than Linux). */
export function portHolder(port: number): PortHolder | undefined {
  if (process.platform !== 'linux') return undefined;
  const sockets = new Set(
    ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((table) => listeners(lines(table), port)),
  );
  if (sockets.size === 0) return undefined;
  const pid = readdirSync('/proc').find((entry) => /^\d+$/.test(entry) && holdsSocket(entry, sockets));
  return pid === undefined ? undefined : { pid: Number(pid), command: commandOf(Number(pid)) ?? 'unknown' };
}

/** Inodes of the sockets that listen on a port, from the lines of `/proc/net/tcp`. */
export function listeners(table: readonly string[], port: number): string[] {
  const listening = '0A';
  return table.flatMap((line) => {
    const [, local, , state, , , , , , inode] = line.trim().split(/\s+/);
    const matches = state === listening && Number.parseInt(local?.split(':')[1] ?? '', 16) === port;
    return matches && inode ? [inode] : [];
  });
}

function holdsSocket(pid: string, inodes: ReadonlySet<string>): boolean {
  try {
    return readdirSync(`/proc/${pid}/fd`).some((fd) => {
      const [, inode] = /^socket:\[(\d+)\]$/.exec(linkOr(`/proc/${pid}/fd/${fd}`)) ?? [];
      return inode !== undefined && inodes.has(inode);
    });
  } catch {
    return false;
  }
}

function linkOr(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}

function lines(path: string): string[] {
  try {
    return readFileSync(path, 'utf8').split('\n');
  } catch {
    return [];
  }
}
