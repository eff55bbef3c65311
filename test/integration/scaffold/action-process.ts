import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll } from 'vitest';

export interface Outcome {
  /** Undefined when it was killed before it could tell. */
  report?: { ok: boolean; code?: string; exit?: string; why?: string; result?: { files: string[] } };
  stderr: string;
}

export interface RunOptions {
  cwd: string;
  env?: NodeJS.ProcessEnv;
  /** Put before node, e.g. `['strace', '-f']`. */
  wrap?: readonly string[];
}

/** Bundles the actions once for a file of tests; the function it returns runs one in a process of its own. */
export function actionProcess(): (
  action: 'new' | 'init',
  options: object,
  run: RunOptions,
) => Promise<Outcome> {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'cloudnative-action-'));
    await build({
      entryPoints: [fileURLToPath(new URL('./run-action.ts', import.meta.url))],
      outdir: folder,
      outExtension: { '.js': '.mjs' },
      bundle: true,
      splitting: true,
      format: 'esm',
      platform: 'node',
      banner: { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" },
    });
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  return (action, options, { cwd, env = process.env, wrap = [] }) =>
    new Promise((resolve) => {
      const [command, ...args] = [...wrap, process.execPath, join(folder, 'run-action.mjs'), action];
      execFile(command!, [...args, JSON.stringify(options)], { cwd, env }, (_, stdout, stderr) => {
        resolve({ report: stdout ? JSON.parse(stdout) : undefined, stderr });
      });
    });
}
