import { plainText } from '../../../core/terminal-text.ts';
import type { Cluster } from '../cluster.ts';
import { podsPath } from './pods-of.ts';

/** The last lines that a container wrote, safe to print and none too long for a terminal; of the instance before the present one with `previous`. */
export async function lastLines(
  { pod, container, previous }: { pod: string; container: string; previous: boolean },
  { api, namespace }: Pick<Cluster, 'api' | 'namespace'>,
  count = 20,
): Promise<string[]> {
  const path = `${podsPath(namespace)}/${encodeURIComponent(pod)}/log`;
  const query = { container, tailLines: String(count), previous: previous ? 'true' : undefined };
  const text = await api.text({ path, query, accept: '*/*' }).catch(() => '');
  return text
    .split('\n')
    .filter(Boolean)
    .slice(-count)
    .map((line) => shortened(plainText(line)));
}

const width = 160;

function shortened(line: string): string {
  const characters = [...line];
  return characters.length > width ? `${characters.slice(0, width - 1).join('')}…` : line;
}
