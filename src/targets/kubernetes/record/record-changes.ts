import type { Action, Change } from '../../../core/change.ts';
import { ExpectedError } from '../../../core/errors.ts';
import { addressKey } from '../address.ts';
import type { RecordedMember, RecordStep } from '../step.ts';
import { type AppRecord, type Member, memberLines } from './app-record.ts';

export interface RecordPlan {
  record: AppRecord | undefined;
  /** What the plan applies, also what is already as it should be. With its uid where there is one. */
  applied: readonly { member: Member; change: string; action: Action }[];
  removed: readonly { member: Member; change: string }[];
  /** What the record shall no longer name, although nothing removes it. */
  forgotten: readonly Member[];
  /** What there is besides, and the record does not have yet. */
  others: readonly Member[];
}

/**
 * The two writes around a plan: before its first one the record names all that may come to be, after its last exactly what is there.
 * Each is left out where the record says so already.
 */
export function recordChanges(
  { record, applied, removed, forgotten, others }: RecordPlan,
  name: string,
): { before?: Change; after?: Change } {
  if (!record && applied.length === 0) return {};
  const superset = byAddress([...(record?.members ?? []), ...others]);
  for (const { member } of removed) superset.set(addressKey(member), member);
  for (const { member, change, action } of applied) {
    // One that is yet to be made will be another than any that was there.
    const { uid, ...address } = member;
    const isNew = uid === undefined || action === 'create' || action === 'replace';
    superset.set(addressKey(member), isNew ? { ...address, applied: change } : member);
  }
  const exact = new Map(superset);
  for (const member of forgotten) exact.delete(addressKey(member));
  for (const { member, change } of removed) exact.set(addressKey(member), { ...member, goesWith: change });

  const [first, last] = [[...superset.values()], [...exact.values()]];
  for (const members of [first, last]) checkSize(members, name);
  const open = last.some((member) => member.applied ?? member.goesWith);
  const needsFirst = memberLines(first) !== (record && memberLines(record.members));
  const needsLast = open || last.length === 0 || memberLines(last) !== memberLines(first);
  const change = (action: Action, id: string, members: readonly RecordedMember[]): Change => {
    const desired: RecordStep = { do: 'record', members, version: record?.resourceVersion };
    const note = 'the record of what is deployed';
    return { id, action, bookkeeping: true, fields: [], note, after: [], desired };
  };
  const id = `ConfigMap/${name}`;
  const end = last.every(({ goesWith }) => goesWith) ? 'remove' : 'update';
  return {
    ...(needsFirst ? { before: change(record ? 'update' : 'create', id, first) } : {}),
    ...(needsLast ? { after: change(end, needsFirst ? `${id} afterwards` : id, last) } : {}),
  };
}

/** Of a ConfigMap's data, by the API. */
const mostBytes = 1024 * 1024;
const someUid = '00000000-0000-0000-0000-000000000000';

function checkSize(members: readonly RecordedMember[], name: string): void {
  const bytes = Buffer.byteLength(memberLines(members.map((member) => ({ uid: someUid, ...member }))));
  if (bytes <= mostBytes) return;
  throw new ExpectedError({
    code: 'E_TOO_MANY_OBJECTS',
    exit: 'validation',
    message: `${members.length} objects are more than one app can have`,
    where: `ConfigMap/${name}`,
    why: `the record of them would be ${bytes} bytes long; a ConfigMap holds ${mostBytes}`,
    hints: ['split the app: give some of its services a workspace, or a folder and --app, of their own'],
  });
}

function byAddress(members: readonly RecordedMember[]): Map<string, RecordedMember> {
  return new Map(members.map((member) => [addressKey(member), member]));
}
