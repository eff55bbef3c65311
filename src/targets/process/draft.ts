import { createHash } from 'node:crypto';
import { posix, resolve } from 'node:path';
import { readVariables } from '../../system/dotenv.ts';
import type { Ports, Service } from '../../workspace/model.ts';
import type { DesiredService } from '../target.ts';
import { secretHash } from './secret-hash.ts';
import type { Spec } from './state-files.ts';

/** What a plan says about a service's process: a spec without what only the moment of applying knows. */
export interface Draft
  extends Pick<Spec, 'service' | 'build' | 'folder' | 'run' | 'calls' | 'ports' | 'env' | 'secretFiles'> {
  secretNames: readonly string[];
  /** Ports promised to services that are called and were never deployed. */
  reserved: Readonly<Record<string, Ports>>;
}

export function draftOf(
  { service, env, artifact }: DesiredService,
  ports: Readonly<Record<string, Ports>>,
): Draft {
  if (artifact.kind !== 'command')
    throw new Error(`${service.name} was built as an image, not for a process`);
  const values: Record<string, string> = { HOST: '127.0.0.1' };
  for (const callee of service.calls) values[urlVariable(callee)] = `http://127.0.0.1:${ports[callee]!.http}`;
  const secretNames: string[] = [];
  for (const [name, value] of Object.entries(env)) {
    if (typeof value === 'string') values[name] = value;
    else {
      delete values[name];
      secretNames.push(name);
    }
  }
  return {
    service: service.name,
    build: artifact.digest,
    folder: service.folder,
    run: service.run,
    calls: service.calls,
    ports: ports[service.name]!,
    env: values,
    secretNames: secretNames.sort(),
    secretFiles: secretFilesOf(service),
    reserved: Object.fromEntries(service.calls.map((callee) => [callee, ports[callee]!])),
  };
}

/** The service's own `.env`, then the workspace's. */
export function secretFilesOf({ folder, path }: Pick<Service, 'folder' | 'path'>): string[] {
  const workspace = resolve(folder, posix.relative(path, '.'));
  return [...new Set([resolve(folder, '.env'), resolve(workspace, '.env')])];
}

/** Salted hashes of the secrets as the files have them now. */
export function hashSecrets({ secretNames, secretFiles }: Draft, salt: string): Record<string, string> {
  const { values } = readVariables(secretNames, secretFiles);
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, secretHash(value, salt)]));
}

/** Of everything that a running process would have to be replaced for. */
export function digestOf(draft: Draft, secrets: Readonly<Record<string, string>>): string {
  const { build, folder, run, ports, env } = draft;
  const content = JSON.stringify([build, folder, run, ports.http, ports.admin, sorted(env), sorted(secrets)]);
  return createHash('sha256').update(content).digest('hex');
}

function urlVariable(service: string): string {
  return `${service.toUpperCase().replaceAll('-', '_')}_URL`;
}

function sorted(record: Readonly<Record<string, string>>): [string, string][] {
  return Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1));
}
