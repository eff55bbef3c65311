import type { KubernetesObject } from '../../../core/kubernetes-object.ts';
import { fieldManager } from '../../../core/labels.ts';
import type { HandEdit } from '../../target.ts';
import { managedFieldsOf } from '../cluster.ts';
import { ownedPaths } from './owned-paths.ts';

/** What people wrote with kubectl into an object after it was last applied; the server keeps book of it, so nothing has to be compared. */
export function handEdits(object: KubernetesObject): HandEdit[] {
  const entries = managedFieldsOf(object);
  const applied = entries.find(
    ({ manager, operation, subresource }) =>
      manager === fieldManager && operation === 'Apply' && !subresource,
  )?.time;
  if (applied === undefined) return [];
  return entries
    .filter(({ manager, operation, subresource, time }) => {
      const byHand =
        operation === 'Update' && /^kubectl(-|$)/.test(manager ?? '') && subresource !== 'status';
      // `kubectl scale` leaves no time.
      return byHand && (time === undefined || time > applied);
    })
    .map(({ manager, subresource, fieldsV1, time }) => ({
      resource: `${object.kind}/${object.metadata.name}`,
      by: subresource ? `kubectl ${subresource}` : manager!,
      fields: ownedPaths(fieldsV1 ?? {}).filter((path) => !path.includes('last-applied-configuration')),
      ...(time === undefined ? {} : { at: time }),
    }))
    .filter(({ fields }) => fields.length > 0)
    .sort((a, b) => ((a.at ?? '') < (b.at ?? '') ? -1 : 1));
}
