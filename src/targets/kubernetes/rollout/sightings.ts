/** Since when we have seen what, by our own clock: the cluster's may be another. */
export interface Sightings {
  /** Milliseconds since the first call with this key. */
  age(key: string): number;
  /** The value of the first call with this key. */
  first(key: string, value: number): number;
}

export function createSightings(now: () => number = () => performance.now()): Sightings {
  const seen = new Map<string, number>();
  const first = (key: string, value: number): number => {
    const known = seen.get(key);
    if (known !== undefined) return known;
    seen.set(key, value);
    return value;
  };
  return {
    first,
    age: (key) => now() - first(key, now()),
  };
}
