export type NameKind =
  | 'dns1123Label'
  | 'dns1123Subdomain'
  | 'dns1035Label'
  | 'labelValue'
  | 'qualifiedName'
  | 'portName'
  | 'envVarName';

/** Why Kubernetes refuses this name, e.g. `it has 70 characters, at most 63 are allowed`; undefined when it accepts it. */
export function nameProblem(kind: NameKind, name: string): string | undefined {
  if (kind === 'qualifiedName') return qualifiedNameProblem(name);
  return simpleProblem(rules[kind], name);
}

/** Whether a ConfigMap or Secret may have this key. */
export function isDataKey(key: string): boolean {
  return /^[-._a-zA-Z0-9]{1,253}$/.test(key) && key !== '.' && !key.startsWith('..');
}

/** A DNS-1035 label as near as possible to a text, e.g. `order-desk` for `Order Desk!`; undefined when nothing is left of it. */
export function suggestLabel(text: string): string | undefined {
  const label = text
    .normalize('NFKD')
    .replace(/\p{Mark}/gu, '')
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+/, '')
    .slice(0, 63)
    .replace(/-+$/, '');
  return label || undefined;
}

interface Rule {
  /** Undefined: no limit. */
  max?: number;
  pattern: RegExp;
  /** What the pattern asks for; follows "it must". */
  wanted: string;
  /** What the pattern cannot say. */
  not?: { pattern: RegExp; why: string };
}

const rules: Readonly<Record<Exclude<NameKind, 'qualifiedName'>, Rule>> = {
  dns1123Label: {
    max: 63,
    pattern: /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/,
    wanted: 'begin and end with a-z or 0-9 and hold only a-z, 0-9 and -',
  },
  dns1123Subdomain: {
    max: 253,
    pattern: /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/,
    wanted: 'be parts of a-z, 0-9 and - joined by dots, each part beginning and ending with a-z or 0-9',
  },
  dns1035Label: {
    max: 63,
    pattern: /^[a-z]([-a-z0-9]*[a-z0-9])?$/,
    wanted: 'begin with a-z, end with a-z or 0-9 and hold only a-z, 0-9 and -',
  },
  labelValue: {
    max: 63,
    pattern: /^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/,
    wanted: 'be empty, or begin and end with a letter or digit and hold only letters, digits, -, _ and .',
  },
  portName: {
    max: 15,
    pattern: /^(?=.*[a-z])[a-z0-9]([-a-z0-9]*[a-z0-9])?$/,
    wanted: 'hold a letter, only a-z, 0-9 and -, and neither begin nor end with -',
    not: { pattern: /--/, why: 'it must not hold --' },
  },
  envVarName: {
    pattern: /^[-._a-zA-Z][-._a-zA-Z0-9]*$/,
    wanted: 'hold only letters, digits, _, - and ., and not begin with a digit',
    not: { pattern: /^(\.$|\.\.)/, why: 'it must not be . nor begin with ..' },
  },
};

const qualifiedPart: Rule = {
  max: 63,
  pattern: /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/,
  wanted: 'begin and end with a letter or digit and hold only letters, digits, -, _ and .',
};

function qualifiedNameProblem(name: string): string | undefined {
  const parts = name.split('/');
  if (parts.length > 2) return 'it must hold at most one /';
  const [prefix, own] = parts.length === 2 ? parts : [undefined, parts[0]];
  if (prefix !== undefined) {
    const problem = simpleProblem(rules.dns1123Subdomain, prefix);
    if (problem) return `before the /, ${problem}`;
  }
  return simpleProblem(qualifiedPart, own!);
}

function simpleProblem({ max, pattern, wanted, not }: Rule, name: string): string | undefined {
  if (name === '' && !pattern.test('')) return 'it is empty';
  if (max !== undefined && name.length > max)
    return `it has ${name.length} characters, at most ${max} are allowed`;
  if (!pattern.test(name)) return `it must ${wanted}`;
  return not?.pattern.test(name) ? not.why : undefined;
}
