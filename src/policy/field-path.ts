import { isRecord } from '../core/is-record.ts';
import type { Path } from '../core/yaml-document.ts';

/** A path for people: items of lists by their name where it is theirs alone, else by their place; `spec.containers[orders].env[0]`. */
export function fieldPath(object: unknown, path: Path): string {
  let text = '';
  let value: unknown = object;
  for (const step of path) {
    if (Array.isArray(value)) {
      const list = value as unknown[];
      value = list[Number(step)];
      const name = isRecord(value) && typeof value.name === 'string' ? value.name : undefined;
      const unique = name && list.filter((item) => isRecord(item) && item.name === name).length === 1;
      text += `[${unique ? name : step}]`;
    } else {
      value = isRecord(value) ? value[step] : undefined;
      text += /[./]/.test(String(step)) ? `[${step}]` : `${text && '.'}${step}`;
    }
  }
  return text;
}
