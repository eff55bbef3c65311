import { join, resolve } from 'node:path';
import { type GeneratedFile, writeGenerated } from '../../system/write-generated.ts';
import type { Ui } from '../ui/ui.ts';

/** Is in each file that these commands write, so that no other is overwritten. */
const mark = /made by cloudnative/i;

/** Writes a command's result into the folder of `--out`, and tells each file. */
export async function writeOut(
  folder: string,
  files: readonly GeneratedFile[],
  { emit }: Pick<Ui, 'emit'>,
): Promise<void> {
  await writeGenerated(resolve(folder), files, mark);
  for (const { path, text } of files)
    emit({ type: 'wrote', path: join(folder, path), detail: `${text.split('\n').length - 1} lines` });
}
