import { connect, createServer } from 'node:net';

/** A way to the server on which every byte takes half of `ms` longer, each way. */
export async function farAway({ hostname, port }, ms) {
  const server = createServer((client) => {
    const remote = connect(Number(port), hostname);
    pass(client, remote, ms / 2);
    pass(remote, client, ms / 2);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { port: server.address().port, close: () => server.close() };
}

/** Order is kept: all timers are of one length. */
function pass(from, to, ms) {
  from.setNoDelay(true);
  from.on('data', (chunk) => setTimeout(() => to.writable && to.write(chunk), ms));
  from.on('end', () => setTimeout(() => to.end(), ms));
  from.on('error', () => to.destroy());
  from.on('close', () => setTimeout(() => to.destroy(), ms));
}
