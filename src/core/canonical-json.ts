import { isRecord } from './is-record.ts';

/** Equal values give the same text, in whatever order their keys are; a key without a value is none. `indent` as in JSON.stringify. */
export function canonicalJson(value: unknown, indent?: number): string {
  return JSON.stringify(value, (_, one: unknown) => (isRecord(one) ? sorted(one) : one), indent) ?? 'null';
}

function sorted(map: Record<string, unknown>): Record<string, unknown> {
  // Without a prototype, `__proto__` is a key as any other.
  const copy: Record<string, unknown> = Object.create(null);
  for (const key of Object.keys(map).sort()) copy[key] = map[key];
  return copy;
}
