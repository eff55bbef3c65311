import type { FieldChange } from '../core/change.ts';
import { fieldsMoved } from './fields-moved.ts';
import type { Sealed, SealedChange } from './saved-plan.ts';

/** One thing that is no longer as it was when a plan was saved. */
export interface Moved {
  /** The id of a change, `image of orders`, or a place. */
  what: string;
  how: string;
  /** A line for each field that differs, as far as it may be shown. */
  fields: readonly string[];
}

/** As it is now. */
export interface SealedNow extends Sealed {
  /** Services that a deploy would build. */
  pending: readonly string[];
}

/** What has moved since a plan was saved; both are sealed with the same salt. Nothing: the same plan. */
export function movedSince(saved: Sealed, now: SealedNow): Moved[] {
  const artifacts = artifactsMoved(saved, now);
  const services = new Set(artifacts.map(({ service }) => service));
  const [before, after] = [byId(saved.changes), byId(now.changes)];
  const ids = [...new Set([...before.keys(), ...after.keys()])].sort();
  const changes = ids.flatMap((id): Moved[] => {
    const [was, is] = [before.get(id), after.get(id)];
    const how = howMoved(was, is);
    if (how === undefined) return [];
    const isThere = was && is && ![was.action, is.action].includes('create');
    const fields = isThere ? fieldsMoved(was.fields, is.fields) : [];
    // The other image has been told of.
    const onlyImage = how === filesChanged && services.has(is?.service ?? '') && onlyImages(was!, is!);
    return onlyImage ? [] : [{ what: id, how, fields }];
  });
  return [...placeMoved(saved, now), ...artifacts.map(({ moved }) => moved), ...changes];
}

const filesChanged = 'its files have changed';

function placeMoved(saved: Sealed, now: Sealed): Moved[] {
  // Who plans may have other rights than who deploys.
  if (saved.placeId === undefined || now.placeId === undefined || saved.placeId === now.placeId) return [];
  return [{ what: 'the place', how: 'another one of the same name', fields: [] }];
}

function artifactsMoved(saved: Sealed, now: SealedNow): { service: string; moved: Moved }[] {
  const names = Object.keys({ ...saved.artifacts, ...now.artifacts }).sort();
  return names.flatMap((service) => {
    const how = artifactMoved(service, saved, now);
    return how === undefined ? [] : [{ service, moved: { what: `what ${service} runs`, how, fields: [] } }];
  });
}

function artifactMoved(
  service: string,
  saved: Sealed,
  { artifacts, pending }: SealedNow,
): string | undefined {
  const same = own(saved.artifacts, service) === own(artifacts, service);
  if (!same) return 'its sources have changed';
  return pending.includes(service) ? 'its build is gone, and would be made anew' : undefined;
}

/** Bookkeeping is not what anybody agreed to. */
function byId(changes: readonly SealedChange[]): Map<string, SealedChange> {
  return new Map(changes.flatMap((change) => (change.bookkeeping ? [] : [[change.id, change]])));
}

function howMoved(was: SealedChange | undefined, is: SealedChange | undefined): string | undefined {
  if (!was) return 'new in the plan';
  if (!is) return 'no longer in the plan';
  if (is.action !== was.action && is.action === 'create') return becomes.create;
  if (is.action !== was.action && was.action === 'create') return 'made by someone meanwhile';
  if (was.basis?.uid !== is.basis?.uid) return 'made anew by someone';
  if (was.basis?.wanted !== is.basis?.wanted) return filesChanged;
  if (was.action !== is.action) return becomes[is.action];
  if (was.basis?.found !== is.basis?.found) return 'changed by someone';
  return fieldsMoved(was.fields, is.fields).length > 0 ? 'other fields of it would change' : undefined;
}

/** For another action on the same resource, which the same files want. */
const becomes = {
  create: 'removed by someone',
  update: 'changed by someone',
  replace: 'it would have to be replaced now',
  remove: 'it would be removed now',
  none: 'there is nothing to change in it now',
};

function onlyImages(was: SealedChange, is: SealedChange): boolean {
  const others = ({ fields }: SealedChange) =>
    fields.filter(({ path }: FieldChange) => !/(^|\.)image$|^build$/.test(path));
  return fieldsMoved(others(was), others(is)).length === 0;
}

function own(record: Readonly<Record<string, string>>, key: string): string | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}
