import { isAbsolute, relative, sep } from 'node:path';

/** Whether an absolute path is neither the folder nor in it. Looks at the text alone, not at links. */
export function isOutside(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way === '..' || way.startsWith(`..${sep}`) || isAbsolute(way);
}
