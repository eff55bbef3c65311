/** Code points from the first to the last, both included. */
export type Range = readonly [number, number];

export const lastCodePoint = 0x10ffff;

/** Sorted, and without what overlaps. */
export function united(ranges: readonly Range[]): Range[] {
  const all: [number, number][] = [];
  for (const [from, to] of [...ranges].sort((a, b) => a[0] - b[0])) {
    const before = all.at(-1);
    if (before && from <= before[1] + 1) before[1] = Math.max(before[1], to);
    else all.push([from, to]);
  }
  return all;
}

/** All code points but these. */
export function negated(ranges: readonly Range[]): Range[] {
  const rest: Range[] = [];
  let next = 0;
  for (const [from, to] of united(ranges)) {
    if (from > next) rest.push([next, from - 1]);
    next = to + 1;
  }
  return next > lastCodePoint ? rest : [...rest, [next, lastCodePoint]];
}

/** These, and what differs from them by its case alone. */
export function folded(ranges: readonly Range[]): Range[] {
  const more: Range[] = [];
  for (const [point, alike] of casePartners())
    if (ranges.some(([from, to]) => point >= from && point <= to))
      more.push(...alike.map((one): Range => [one, one]));
  return united([...ranges, ...more]);
}

/** As Go's strings.ToLower: one code point becomes one. */
export function lowerCase(text: string): string {
  return Array.from(text, (one) => String.fromCodePoint(lower(one.codePointAt(0)!))).join('');
}

/** As Go's strings.ToUpper: one code point becomes one, so that ß stays. */
export function upperCase(text: string): string {
  return Array.from(text, (one) => String.fromCodePoint(upper(one.codePointAt(0)!))).join('');
}

const dottedI = 0x130;

function lower(point: number): number {
  return point === dottedI ? 0x69 : single(String.fromCodePoint(point).toLowerCase(), point);
}

/** Greek letters with an iota below have a capital of their own, which JavaScript writes as two. */
const withIota = /^[\u1f80-\u1f87\u1f90-\u1f97\u1fa0-\u1fa7]$/;
const lonely = new Map([0x1fb3, 0x1fc3, 0x1ff3].map((point) => [point, point + 9]));

function upper(point: number): number {
  const text = String.fromCodePoint(point);
  if (withIota.test(text)) return point + 8;
  return lonely.get(point) ?? single(text.toUpperCase(), point);
}

function single(text: string, otherwise: number): number {
  const [first, ...more] = Array.from(text);
  return more.length > 0 ? otherwise : first!.codePointAt(0)!;
}

let partners: Map<number, number[]> | undefined;

/** Each code point that has others like it, with all of them; made when it is first asked for. */
function casePartners(): ReadonlyMap<number, readonly number[]> {
  if (partners) return partners;
  partners = new Map();
  for (let point = 0; point < 0x1e944; point++) {
    if (point === dottedI || point === 0x131) continue; // Turkish letters are like no other
    for (const other of [lower(point), upper(point)]) if (other !== point) join(point, other, partners);
  }
  return partners;
}

function join(a: number, b: number, known: Map<number, number[]>): void {
  const alike = [...new Set([...(known.get(a) ?? [a]), ...(known.get(b) ?? [b])])];
  for (const one of alike) known.set(one, alike);
}
