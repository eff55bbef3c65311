import { type AddressInfo, connect, createServer as createTcpServer, type Socket } from 'node:net';
import { openUpstream } from './api-upstream.ts';

/** Passes bytes on to the lab's API server; `cut` breaks all connections that there are. */
export async function cuttingProxy(): Promise<{
  port: number;
  connections: () => number;
  cut(): void;
  close(): void;
}> {
  const { host, port } = openUpstream();
  const open = new Set<Socket>();
  let connections = 0;
  const server = createTcpServer((client) => {
    connections++;
    const remote = connect(port, host);
    for (const [from, to] of [
      [client, remote],
      [remote, client],
    ] as const) {
      open.add(from);
      from.pipe(to);
      from.on('error', () => to.destroy()).on('close', () => open.delete(from));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const cut = () => {
    for (const socket of open) socket.resetAndDestroy();
  };
  return {
    port: (server.address() as AddressInfo).port,
    connections: () => connections,
    cut,
    close: () => {
      cut();
      server.close();
    },
  };
}
