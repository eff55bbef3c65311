/** Whether an entry of `services` stands for any folder that holds a service, rather than for one that must. */
export function isGlob(pattern: string): boolean {
  return pattern.includes('*');
}

/**
 * The folders a pattern stands for, relative and sorted. `*` is any part of one segment, but never a leading dot.
 * `foldersIn` gives the names of the folders in a folder, none when it does not exist.
 */
export async function expandPattern(
  pattern: string,
  foldersIn: (folder: string) => Promise<readonly string[]>,
): Promise<string[]> {
  let found = ['.'];
  for (const segment of segmentsOf(pattern)) {
    const next = await Promise.all(
      found.map(async (folder) => {
        const names = isGlob(segment) ? (await foldersIn(folder)).filter(matcher(segment)) : [segment];
        return names.map((name) => (folder === '.' ? name : `${folder}/${name}`));
      }),
    );
    found = next.flat();
  }
  return found.sort();
}

/** Where a new service goes: under the first pattern with one `*`; undefined when there is none. */
export function newServicePath(patterns: readonly string[], name: string): string | undefined {
  const pattern = patterns.find((candidate) => candidate.split('*').length === 2);
  return pattern && segmentsOf(pattern).join('/').replace('*', name);
}

function segmentsOf(pattern: string): string[] {
  return pattern.split('/').filter((segment) => segment !== '' && segment !== '.');
}

function matcher(segment: string): (name: string) => boolean {
  const parts = segment.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  const expression = new RegExp(`^${parts.join('[^/]*')}$`);
  return (name) => expression.test(name) && (segment.startsWith('.') || !name.startsWith('.'));
}
