import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { ExpectedError, type Explanation } from '../../../src/core/errors.ts';
import type { Service } from '../../../src/workspace/model.ts';
import { lab } from '../../support/lab.ts';

const run = promisify(execFile);

/** Of the lab's engine; the output without its last line end. */
export async function docker(...args: string[]): Promise<string> {
  const { stdout } = await run('docker', ['-H', lab.dockerHost!, ...args]);
  return stdout.trimEnd();
}

/** A name for an app that no other test uses, e.g. `cn-engine-k3x9`. */
export function uniqueApp(purpose: string): string {
  return `cn-${purpose}-${Math.random().toString(36).slice(2, 8)}`;
}

/** All references below the prefix, by tag and by digest; an image that has others stays. */
export async function removeImages(prefix: string): Promise<void> {
  const all = await docker('images', '--digests', '--format', '{{.Repository}} {{.Tag}} {{.Digest}}');
  const references = all
    .split('\n')
    .map((line) => line.split(' '))
    .filter(([repository]) => repository!.startsWith(`${prefix}/`))
    .flatMap(([repository, tag, digest]) => [`${repository}:${tag}`, `${repository}@${digest}`])
    .filter((reference) => !reference.endsWith('<none>'));
  for (const reference of new Set(references)) await docker('rmi', '-f', reference).catch(() => undefined);
}

/** Writes the files below the folder and returns the service that they are. */
export async function service(
  folder: string,
  files: Record<string, string>,
  args: Record<string, string> = {},
): Promise<Service> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  return {
    name: 'orders',
    language: 'go',
    folder,
    path: 'services/orders',
    ports: { http: 8080, admin: 9100 },
    image: { dockerfile: join(folder, 'Dockerfile'), context: folder, args },
    build: [],
    run: [],
    calls: [],
    env: {},
    manifests: join(folder, 'deploy/kubernetes'),
  };
}

/** What the failing promise explains; fails when it does not fail, or not as expected errors do. */
export async function explanation(promise: Promise<unknown>): Promise<Explanation> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof ExpectedError) return error.explanation;
    throw error;
  }
  throw new Error('it should have failed');
}
