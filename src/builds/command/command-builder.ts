import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { delay } from '../../core/duration.ts';
import { claim } from '../../system/single-instance.ts';
import type { Artifact } from '../../targets/target.ts';
import type { Service } from '../../workspace/model.ts';
import type { Builder, BuildOptions, Supplied } from '../builder.ts';
import { readStamp, removeStamp, writeStamp } from './build-stamp.ts';
import { inputDigest } from './input-digest.ts';
import { commandText, runBuild } from './run-build.ts';

/** Builds services by their own commands, in their own folders. `stateDir` keeps what was built last, for all environments of a workspace. */
export function createCommandBuilder({ stateDir }: { stateDir: string }): Builder {
  const folder = resolve(stateDir);
  return { find, build };

  async function find(service: Service): Promise<Artifact> {
    const digest = await inputDigest(service);
    const pending = service.build.length > 0 && readStamp(folder, service)?.digest !== digest;
    return { kind: 'command', digest, pending };
  }

  async function build(service: Service, options: BuildOptions): Promise<Supplied> {
    // Two builds in one folder would break each other: the second waits, and mostly finds that it is done.
    const lock = await waitForTurn(`${folder} ${service.name}`, options);
    try {
      const artifact = await find(service);
      if (artifact.kind !== 'command' || !artifact.pending)
        return { artifact, detail: 'unchanged', skipped: true };
      removeStamp(folder, service);
      const commands = await runBuild(service, options);
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      writeStamp(folder, service, artifact.digest);
      const detail = commands.map(commandText).join(', ') || 'packages are as they should be';
      return { artifact: { ...artifact, pending: false }, detail, skipped: false };
    } finally {
      await lock.release();
    }
  }
}

async function waitForTurn(name: string, { signal, onProgress }: BuildOptions) {
  for (let waited = false; ; waited = true) {
    const lock = await claim(name, () => ({ pid: process.pid }));
    if (lock) return lock;
    if (!waited) onProgress?.('waiting for another build of it');
    await delay(200, signal);
  }
}
