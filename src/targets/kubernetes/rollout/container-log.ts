import { plainText } from '../../../core/terminal-text.ts';
import type { Cluster } from '../cluster.ts';
import { podsPath } from './pods-of.ts';

export interface LastLines {
  lines: readonly string[];
  /** They are of the instance before the present one. */
  previous: boolean;
}

/**
 * The last lines that a container wrote, safe to print and none too long for a terminal. Of the instance before the present one with
 * `previous`; where that has none, of the other one, since the node may have started it again in between.
 */
export async function lastLines(
  { pod, container, previous }: { pod: string; container: string; previous: boolean },
  { api, namespace }: Pick<Cluster, 'api' | 'namespace'>,
  count = 20,
): Promise<LastLines> {
  const path = `${podsPath(namespace)}/${encodeURIComponent(pod)}/log`;
  const read = async (instance: 'present' | 'previous') => {
    const query = {
      container,
      tailLines: String(count),
      timestamps: 'true',
      previous: instance === 'previous' ? 'true' : undefined,
    };
    return written(await api.text({ path, query, accept: '*/*' }).catch(() => '')).slice(-count);
  };
  const [first, second] = previous ? (['previous', 'present'] as const) : (['present', 'previous'] as const);
  const lines = await read(first);
  if (lines.length > 0) return { lines, previous };
  return { lines: await read(second), previous: !previous };
}

/** What the node says in place of a log that it cannot find bears no time. */
function written(text: string): string[] {
  return text.split('\n').flatMap((line) => {
    const [, own] = /^\d{4}-\d\d-\d\dT\S+ (.+)$/.exec(line) ?? [];
    return own === undefined ? [] : [shortened(plainText(own))];
  });
}

const width = 160;

function shortened(line: string): string {
  const characters = [...line];
  return characters.length > width ? `${characters.slice(0, width - 1).join('')}…` : line;
}
