import { isRecord } from '../../core/is-record.ts';
import { type NameKind, nameProblem } from '../../core/names.ts';
import { list } from '../json.ts';
import { parseQuantity, quote } from '../schema/scalars.ts';

/** Why a value of a sound type is refused all the same; undefined when it is not. */
export type ValueRule = (value: unknown) => string | undefined;

export const name =
  (kind: NameKind): ValueRule =>
  (value) => {
    if (typeof value !== 'string') return undefined;
    const problem = nameProblem(kind, value);
    return problem && `is ${quote(value)}: ${problem}`;
  };

export const between =
  (low: number, high: number): ValueRule =>
  (value) =>
    typeof value === 'number' && (value < low || value > high)
      ? `is ${value}, must be between ${low} and ${high}`
      : undefined;

export const port = between(1, 65535);

export const atLeast =
  (low: number): ValueRule =>
  (value) =>
    typeof value === 'number' && value < low ? `is ${value}, must be at least ${low}` : undefined;

/** A number, or the name of a port of a container. */
export const portOrName: ValueRule = (value) =>
  typeof value === 'string' ? optionalName('portName')(value) : port(value);

/** As `portOrName`; 0 stands for the port itself. */
export const targetPort: ValueRule = (value) => (value === 0 ? undefined : portOrName(value));

export const optionalName =
  (kind: NameKind): ValueRule =>
  (value) =>
    value === '' ? undefined : name(kind)(value);

export const amountOrPercent: ValueRule = (value) => {
  if (typeof value === 'number') return atLeast(0)(value);
  return typeof value !== 'string' || /^[0-9]+%$/.test(value)
    ? undefined
    : `is ${quote(value)}, must be a whole number or a share such as 25%`;
};

export const oneOf =
  (...values: string[]): ValueRule =>
  (value) =>
    typeof value === 'string' && !values.includes(value)
      ? `is ${quote(value)}, must be one of ${values.join(', ')}`
      : undefined;

/** As far as an address and its length are of the right form. */
export const cidr: ValueRule = (value) => {
  if (typeof value !== 'string') return undefined;
  const [, address, length] = /^([0-9a-fA-F.:]+)\/(\d{1,3})$/.exec(value) ?? [];
  const v4 = /^(\d{1,3}\.){3}\d{1,3}$/.test(address ?? '');
  const bits = v4 ? 32 : 128;
  const sound =
    address !== undefined &&
    Number(length) <= bits &&
    (v4 ? address.split('.').every((part) => Number(part) <= 255) : address.includes(':'));
  return sound ? undefined : `is ${quote(value)}, must be an address range such as 10.0.0.0/8`;
};

/** The rule for every item of a list. */
export const eachOf =
  (rule: ValueRule): ValueRule =>
  (value) =>
    list(value)
      .map((item) => rule(item))
      .find((problem) => problem !== undefined);

/** An environment variable's name, as servers since 1.32 take it. */
export const variableName: ValueRule = (value) => {
  if (typeof value !== 'string') return undefined;
  return /^[\x20-\x3c\x3e-\x7e]+$/.test(value)
    ? undefined
    : `is ${quote(value)}: it must hold plain text without =`;
};

export const amounts: ValueRule = (value) => {
  if (!isRecord(value)) return undefined;
  for (const [key, amount] of Object.entries(value)) {
    if ((parseQuantity(amount) ?? 0) < 0) return `holds ${key} ${amount}, must not be negative`;
  }
  return undefined;
};

export const labelMap: ValueRule = (value) => {
  if (!isRecord(value)) return undefined;
  for (const [key, label] of Object.entries(value)) {
    const problem = nameProblem('qualifiedName', key);
    if (problem) return `has the key ${quote(key)}: ${problem}`;
    const wrong = typeof label === 'string' ? nameProblem('labelValue', label) : undefined;
    if (wrong) return `has ${key} = ${quote(String(label))}: ${wrong}`;
  }
  return undefined;
};
