import { createHash } from 'node:crypto';
import { ExpectedError } from '../../core/errors.ts';
import { lowerCase, upperCase } from './code-points.ts';
import { expand, isTemplate } from './expand.ts';
import { compileGoRegexp, type GoRegexp } from './go-regexp.ts';
import type { LabelSet } from './label-set.ts';

/** One entry of `relabel_configs`, with Prometheus's names; what is left out has Prometheus's default. */
export interface RelabelConfig {
  source_labels?: readonly string[];
  separator?: string;
  regex?: string;
  modulus?: number;
  target_label?: string;
  replacement?: string;
  action?: RelabelAction;
}

export type RelabelAction = keyof typeof actions;

export interface Rule {
  /** Counts from 1. */
  number: number;
  config: RelabelConfig;
  /** Changes the labels; false where it drops the target. */
  apply(labels: LabelSet): boolean;
}

/** Throws E_REGEX, E_RELABEL (3). */
export function compileRule(config: RelabelConfig, index: number): Rule {
  const { action = 'replace', source_labels = [], separator = ';' } = config;
  const make = Object.hasOwn(actions, action) ? actions[action] : undefined;
  if (!make) throw refused(index, `there is no action ${JSON.stringify(action)}`);
  const settings = {
    ...{ target_label: '', replacement: '$1', modulus: 0, source_labels },
    ...config,
    regex: compileGoRegexp(config.regex ?? '(.*)'),
    joined: (labels: LabelSet) => source_labels.map((name) => labels.get(name)).join(separator),
  };
  const templates = settings.target_label + settings.replacement;
  if ((action === 'replace' || action === 'labelmap') && settings.regex.forgetful && isTemplate(templates))
    throw refused(
      index,
      'its groups are repeated in a way that JavaScript remembers otherwise than Prometheus',
    );
  if (needTarget.has(action) && settings.target_label === '')
    throw refused(index, `${action} needs target_label`);
  if (action === 'hashmod' && !(settings.modulus > 0)) throw refused(index, 'hashmod needs a modulus');
  return { number: index + 1, config, apply: make(settings) };
}

interface Settings {
  target_label: string;
  replacement: string;
  modulus: number;
  regex: GoRegexp;
  /** The values of the source labels, with the separator between them. */
  joined(labels: LabelSet): string;
}

const needTarget = new Set(['replace', 'hashmod', 'lowercase', 'uppercase', 'keepequal', 'dropequal']);

const actions = {
  replace,
  keep:
    ({ regex: { regexp }, joined }: Settings) =>
    (labels: LabelSet) =>
      regexp.test(joined(labels)),
  drop:
    ({ regex: { regexp }, joined }: Settings) =>
    (labels: LabelSet) =>
      !regexp.test(joined(labels)),
  keepequal:
    ({ target_label, joined }: Settings) =>
    (labels: LabelSet) =>
      labels.get(target_label) === joined(labels),
  dropequal:
    ({ target_label, joined }: Settings) =>
    (labels: LabelSet) =>
      labels.get(target_label) !== joined(labels),
  hashmod: ({ modulus, ...settings }: Settings) =>
    setter(settings, (text) => {
      const hash = createHash('md5').update(text).digest();
      return String(hash.readBigUInt64BE(8) % BigInt(modulus));
    }),
  lowercase: (settings: Settings) => setter(settings, lowerCase),
  uppercase: (settings: Settings) => setter(settings, upperCase),
  labelmap:
    ({ regex, replacement }: Settings) =>
    (labels: LabelSet) => {
      const before = labels.names().map((name) => [name, labels.get(name)] as const);
      for (const [name, value] of before) {
        const match = regex.regexp.exec(name);
        if (match) labels.set(expand(replacement, match, regex), value);
      }
      return true;
    },
  labeldrop: ({ regex: { regexp } }: Settings) => remover((name) => regexp.test(name)),
  labelkeep: ({ regex: { regexp } }: Settings) => remover((name) => !regexp.test(name)),
} satisfies Record<string, (settings: Settings) => Rule['apply']>;

/** Where the value does not match, or the name would be empty, nothing is changed; an empty replacement removes the label. */
function replace({ regex, target_label, replacement, joined }: Settings): Rule['apply'] {
  return (labels) => {
    const match = regex.regexp.exec(joined(labels));
    const target = match && expand(target_label, match, regex);
    if (target) labels.set(target, expand(replacement, match, regex));
    return true;
  };
}

function setter(
  { target_label, joined }: Pick<Settings, 'target_label' | 'joined'>,
  made: (text: string) => string,
): Rule['apply'] {
  return (labels) => {
    labels.set(target_label, made(joined(labels)));
    return true;
  };
}

function remover(goes: (name: string) => boolean): Rule['apply'] {
  return (labels) => {
    for (const name of labels.names()) if (goes(name)) labels.set(name, '');
    return true;
  };
}

function refused(index: number, why: string): ExpectedError {
  const message = `relabelling rule ${index + 1} cannot be used`;
  return new ExpectedError({ code: 'E_RELABEL', exit: 'validation', message, why });
}
