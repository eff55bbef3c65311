import { isRecord } from '../../../core/is-record.ts';
import type { StoredRelease } from './stored-release.ts';

/** Whether a value of our format is the summary of a release, with all that is read of it. */
export function isHead(value: object): value is StoredRelease {
  const head = value as Partial<Record<keyof StoredRelease, unknown>>;
  return (
    isCount(head.number) &&
    isCount(head.parts) &&
    [head.run, head.digest, head.who, head.at].every(isText) &&
    !Number.isNaN(Date.parse(head.at as string)) &&
    ['pending', 'deployed', 'failed'].includes(head.result as string) &&
    (head.reason === undefined || isText(head.reason)) &&
    (head.ms === undefined || isNumber(head.ms)) &&
    isCause(head.cause) &&
    isChanges(head.changes) &&
    [head.holds, head.versioned, head.services].every((list) => isList(list, isText)) &&
    isList(head.images, (image) => isRecord(image) && isText(image.service) && isText(image.image))
  );
}

function isCause(value: unknown): boolean {
  if (!isRecord(value)) return false;
  return value.action === 'rollback'
    ? isCount(value.to)
    : ['deploy', 'destroy'].includes(value.action as string);
}

function isChanges(value: unknown): boolean {
  return isRecord(value) && [value.create, value.update, value.remove, value.none].every(isNumber);
}

function isList(value: unknown, isItem: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(isItem);
}

function isText(value: unknown): boolean {
  return typeof value === 'string';
}

function isNumber(value: unknown): boolean {
  return typeof value === 'number' && Number.isFinite(value);
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) > 0;
}
