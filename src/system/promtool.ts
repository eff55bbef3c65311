import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ExpectedError } from '../core/errors.ts';

/** Has promtool check a Prometheus configuration; false when there is none. Throws E_PROMTOOL (3) with its verdict. */
export async function checkWithPromtool(config: string): Promise<boolean> {
  const { execa } = await import('execa');
  const folder = await mkdtemp(join(tmpdir(), 'cloudnative-promtool-'));
  try {
    const file = join(folder, 'prometheus.yml');
    await writeFile(file, config);
    const result = await execa(
      process.env.PROMTOOL || 'promtool',
      ['check', 'config', '--syntax-only', file],
      {
        reject: false,
        all: true,
        timeout: 20_000,
      },
    );
    if (result.code === 'ENOENT') return false;
    if (result.failed)
      throw new ExpectedError({
        code: 'E_PROMTOOL',
        exit: 'validation',
        message: 'promtool does not accept the configuration',
        why: String(result.all ?? result.shortMessage)
          .replaceAll(file, 'prometheus.yml')
          .trim()
          .split('\n'),
      });
    return true;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
