import { notDeployed } from '../../core/not-deployed.ts';
import { notReady } from '../../core/not-ready.ts';
import { dialLocal } from '../../system/tcp.ts';
import type { Ports } from '../../workspace/model.ts';
import type { Connection, Scope } from '../target.ts';
import { viewService } from './service-view.ts';
import type { StatePaths } from './state-files.ts';

/** Connects to the process that runs now; its ports are of this machine already, but stay the same only for as long as nobody changes them. */
export async function connectService(
  service: string,
  port: keyof Ports,
  signal: AbortSignal,
  scope: Scope,
  paths: StatePaths,
): Promise<Connection> {
  const { spec, observed, alive } = viewService(paths, service);
  if (!spec && !observed) throw notDeployed([service], scope);
  const running = alive ? observed?.process : undefined;
  if (!running) throw notReady(service, 'its process is not running', scope);
  try {
    return { instance: `pid ${running.pid}`, stream: await dialLocal(running.ports[port], signal) };
  } catch (error) {
    if (signal.aborted) throw error;
    throw notReady(service, `pid ${running.pid} does not listen on port ${running.ports[port]}`, scope);
  }
}
