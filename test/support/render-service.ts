import { mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cliOk } from './cli.ts';
import { tinyService } from './tiny-service.ts';

export type Language = 'ts' | 'go' | 'python';

export interface ServiceAnswers {
  language: Language;
  name: string;
  app: string;
  calls: string[];
  /** Folder that becomes the service: an empty one, or none yet. */
  into: string;
}

/** Writes a service with `cloudnative new`, in a workspace that has the services it calls. */
export async function renderService({ language, name, app, calls, into }: ServiceAnswers): Promise<void> {
  const home = await mkdtemp(join(tmpdir(), 'render-'));
  try {
    await cliOk(['init', '.', '--name', app], { cwd: home });
    for (const call of calls) await tinyService(join(home, 'services'), call);
    const called = calls.length > 0 ? ['--calls', calls.join(',')] : [];
    await cliOk(['new', name, '--lang', language, ...called], { cwd: home });
    await rename(join(home, 'services', name), into);
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}
