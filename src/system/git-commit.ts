import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

export interface Commit {
  /** Full hash. */
  revision: string;
  /** RFC 3339, UTC. */
  date: string;
}

/** The last commit that touched the folder; undefined without git, outside a repository and before the first commit. */
export async function lastCommit(folder: string): Promise<Commit | undefined> {
  const args = ['-C', folder, 'log', '-1', '--format=%H %ct', '--', '.'];
  const { stdout } = await promisify(execFile)('git', args, { timeout: 10_000 }).catch(() => ({
    stdout: '',
  }));
  const [, revision, seconds] = /^([0-9a-f]{40,64}) (\d+)$/.exec(stdout.trim()) ?? [];
  if (!revision) return undefined;
  return { revision, date: new Date(Number(seconds) * 1000).toISOString().replace('.000Z', 'Z') };
}
