import { kindOfValue } from '../json.ts';

export type Scalar =
  | 'string'
  | 'bool'
  | 'int32'
  | 'int64'
  | 'number'
  | 'quantity'
  | 'intOrString'
  | 'time'
  | 'microTime'
  | 'byte';

/** Why a value is none of these; undefined when it is. Values stay out of the words but where they can be no secret. */
export function scalarProblem(scalar: Scalar, value: unknown): string | undefined {
  return problems[scalar](value);
}

/** An amount as Kubernetes writes it, in its unit: `500m` is 0.5, `1Ki` is 1024. Undefined for what is none. */
export function parseQuantity(value: unknown): number | undefined {
  const [, digits, suffix] = /^([+-]?(?:\d+\.?\d*|\.\d+))([a-zA-Z].*)?$/.exec(String(value)) ?? [];
  if (digits === undefined) return undefined;
  if (suffix === undefined) return Number(digits);
  if (Object.hasOwn(suffixes, suffix)) return Number(digits) * suffixes[suffix]!;
  return /^[eE][+-]?\d+$/.test(suffix) ? Number(digits + suffix) : undefined;
}

const suffixes: Record<string, number> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

const problems: Record<Scalar, (value: unknown) => string | undefined> = {
  string: (value) => {
    if (typeof value === 'string') return undefined;
    const quoted = typeof value === 'number' || typeof value === 'boolean' ? ': put it in quotes' : '';
    return `must be text, is ${kindOfValue(value)}${quoted}`;
  },
  bool: (value) =>
    typeof value === 'boolean' ? undefined : `must be true or false, is ${kindOfValue(value)}`,
  int32: (value) => wholeNumber(value, 2 ** 31),
  int64: (value) => wholeNumber(value, 2 ** 63),
  number: (value) => (typeof value === 'number' ? undefined : `must be a number, is ${kindOfValue(value)}`),
  quantity: (value) => {
    if (typeof value === 'number') return undefined;
    if (typeof value !== 'string') return `must be an amount such as 500m or 64Mi, is ${kindOfValue(value)}`;
    return parseQuantity(value) === undefined
      ? `must be an amount such as 500m or 64Mi, is ${quote(value)}`
      : undefined;
  },
  intOrString: (value) =>
    typeof value === 'string'
      ? undefined
      : withText(wholeNumber(value, 2 ** 31), 'must be a whole number or text'),
  time: (value) => time(value, /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/),
  microTime: (value) => time(value, /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d\.\d+([Zz]|[+-]\d\d:\d\d)$/),
  byte: (value) => {
    if (typeof value !== 'string') return `must be base64 text, is ${kindOfValue(value)}`;
    return isBase64(value) ? undefined : 'must be base64 text';
  },
};

function wholeNumber(value: unknown, limit: number): string | undefined {
  if (typeof value !== 'number') {
    const unquoted = typeof value === 'string' && /^-?\d+$/.test(value) ? ': leave the quotes out' : '';
    return `must be a whole number, is ${kindOfValue(value)}${unquoted}`;
  }
  if (!Number.isInteger(value)) return 'must be a whole number';
  return value >= -limit && value < limit ? undefined : `must be between ${-limit} and ${limit - 1}`;
}

function withText(problem: string | undefined, wanted: string): string | undefined {
  return problem?.replace(/^must be a whole number/, wanted);
}

function time(value: unknown, pattern: RegExp): string | undefined {
  if (typeof value !== 'string')
    return `must be a time such as 2026-01-31T12:00:00Z, is ${kindOfValue(value)}`;
  const valid = pattern.test(value) && !Number.isNaN(Date.parse(value.toUpperCase()));
  return valid ? undefined : `must be a time such as 2026-01-31T12:00:00Z, is ${quote(value)}`;
}

/** As Go reads it: padded, and broken into lines anywhere. */
function isBase64(value: string): boolean {
  const compact = value.replace(/[\r\n]/g, '');
  return compact.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(compact);
}

export function quote(value: string): string {
  return JSON.stringify(value.length > 40 ? `${value.slice(0, 37)}...` : value);
}
