import type { GoRegexp } from './go-regexp.ts';

/**
 * A template of Go: `$1`, `${1}`, `$name`, `${name}` and `$$`. A name is as long as it can be, so `$1x` is the group `1x`, which is
 * not there and gives nothing; a `$` that begins no name stands for itself.
 */
export function expand(
  template: string,
  groups: readonly (string | undefined)[],
  { names }: GoRegexp,
): string {
  if (!isTemplate(template)) return template;
  return template.replace(reference, (all, braced?: string, bare?: string) => {
    const name = braced ?? bare;
    if (name === undefined) return '$';
    const index = /^(?:0|[1-9][0-9]{0,7})$/.test(name) ? Number(name) : names.get(name);
    return all && index !== undefined ? (groups[index] ?? '') : '';
  });
}

/** Whether a template takes anything from what was matched. */
export function isTemplate(text: string): boolean {
  return text.includes('$');
}

const reference = /\$(?:\$|\{([\p{L}\p{Nd}_]+)\}|([\p{L}\p{Nd}_]+))/gu;
