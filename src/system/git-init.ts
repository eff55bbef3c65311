import { execFile } from 'node:child_process';
import { lstat, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Whether the folder is in a git repository. */
export async function isInRepository(start: string): Promise<boolean> {
  for (let folder = start; ; folder = dirname(folder)) {
    if (await lstat(join(folder, '.git')).catch(() => undefined)) return true;
    if (folder === dirname(folder)) return false;
  }
}

/** Makes the folder a git repository. Returns why it could not, leaving the folder as it was; undefined when it could. */
export async function gitInit(folder: string, signal: AbortSignal): Promise<string | undefined> {
  const reason = await new Promise<string | undefined>((resolve) => {
    const options = { cwd: folder, env: withoutRepository(process.env), signal, timeout: 10_000 };
    execFile('git', ['init', '--quiet'], options, (error, _, stderr) => {
      if (!error) resolve(undefined);
      else if (error.code === 'ENOENT') resolve('git is not installed');
      else resolve(`git init: ${stderr.trim().split('\n').at(-1) || error.message}`);
    });
  });
  if (reason !== undefined) await rm(join(folder, '.git'), { recursive: true, force: true });
  return reason;
}

/** A hook of git runs programs with variables that point to its own repository. */
function withoutRepository(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const pointers =
    /^GIT_(DIR|WORK_TREE|INDEX_FILE|OBJECT_DIRECTORY|ALTERNATE_OBJECT_DIRECTORIES|COMMON_DIR|PREFIX|NAMESPACE)$/;
  return Object.fromEntries(Object.entries(env).filter(([name]) => !pointers.test(name)));
}
