import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { vi } from 'vitest';
import type { Built } from './build.ts';
import { send } from './http.ts';
import { type LogLine, type Program, startProgram } from './program.ts';

/** A service that listens on two ports of its own. */
export interface Service extends Program {
  url: string;
  adminUrl: string;
  env: Record<string, string>;
  /** Waits for a log line. */
  line(wanted: (line: LogLine) => boolean): Promise<LogLine>;
  stop(): Promise<void>;
}

/** Starts the service and waits until it is ready. */
export async function startService(built: Built, settings: Record<string, string> = {}): Promise<Service> {
  const [http, admin] = await freePorts(2);
  const env = {
    HOST: '127.0.0.1',
    HTTP_PORT: String(http),
    ADMIN_PORT: String(admin),
    ...settings,
  };
  const program = startProgram(built, env);
  const service: Service = {
    ...program,
    url: `http://127.0.0.1:${http}`,
    adminUrl: `http://127.0.0.1:${admin}`,
    env,
    line: (wanted) =>
      vi.waitFor(() => {
        const found = program.logs().find(wanted);
        if (!found) throw new Error(`no such line in\n${program.stdout()}`);
        return found;
      }, 5000),
    stop: async () => {
      program.signal('SIGKILL');
      await program.exit;
    },
  };
  await ready(service);
  return service;
}

/** Ports that nothing listened on a moment ago. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  const ports: number[] = [];
  for (const server of servers) {
    if (!server.listening) await once(server, 'listening');
    ports.push((server.address() as AddressInfo).port);
  }
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
  return ports;
}

async function ready(service: Service): Promise<void> {
  const ended = service.exit.then((code) => {
    throw new Error(`the service ended with ${code}\n${service.stderr()}${service.stdout()}`);
  });
  const answers = vi.waitFor(
    async () => {
      const { status } = await send(`${service.url}/readyz`);
      if (status !== 200) throw new Error(`/readyz answers ${status}`);
    },
    { timeout: 20_000, interval: 30 },
  );
  await Promise.race([answers, ended]);
  ended.catch(() => {});
}
