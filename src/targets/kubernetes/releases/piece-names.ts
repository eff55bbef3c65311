import type { Cluster } from '../cluster.ts';

type Place = Pick<Cluster, 'scope'>;

/** What the name of a release's Secret says. */
export type PieceName = { number: number; part: 'head' } | { number: number; run: string; part: number };

export function headName(number: number, place: Place): string {
  return `${prefix(place)}${number}`;
}

/** `part` counts from 1. */
export function partName(
  { number, run }: { number: number; run: string },
  part: number,
  place: Place,
): string {
  return `${headName(number, place)}.${run}.${part}`;
}

/** Undefined for a name that no Secret of one of the app's releases has. */
export function parsePieceName(name: string, place: Place): PieceName | undefined {
  if (!name.startsWith(prefix(place))) return undefined;
  const [, number, run, part] =
    /^([1-9]\d{0,8})(?:\.([0-9a-f]{8})\.([1-9]\d{0,8}))?$/.exec(name.slice(prefix(place).length)) ?? [];
  if (number === undefined) return undefined;
  if (run === undefined) return { number: Number(number), part: 'head' };
  return { number: Number(number), run, part: Number(part) };
}

// Neither names of apps nor of environments hold dots, so that no two apps meet in one name.
function prefix({ scope }: Place): string {
  return `cloudnative.${scope.app}.${scope.environment}.release.`;
}
