import type { FieldChange } from '../../../core/change.ts';
import { isRecord } from '../../../core/is-record.ts';
import type { KubernetesObject } from '../../../core/kubernetes-object.ts';
import { fieldChanges } from '../../../plan/field-changes.ts';
import { listKey } from '../../../plan/list-key.ts';

/** What the manifest says otherwise than the live object; what the server would add to it nobody is asked. */
export function declaredChanges(live: KubernetesObject, object: KubernetesObject): FieldChange[] {
  return fieldChanges(live, overlaid(live, object) as KubernetesObject);
}

/** The object as the server would make it anew, without what it makes anew each time: names, addresses and uids that nobody asked for. */
export function withoutGenerated(
  made: KubernetesObject,
  live: KubernetesObject,
  object: KubernetesObject,
): KubernetesObject {
  return settled(made, live, object) as KubernetesObject;
}

function overlaid(live: unknown, declared: unknown): unknown {
  if (Array.isArray(live) && Array.isArray(declared)) {
    const key = listKey(live, declared);
    if (key === undefined) return declared;
    return declared.map((item) =>
      overlaid(
        live.find((other) => other[key] === item[key]),
        item,
      ),
    );
  }
  if (!isRecord(live) || !isRecord(declared)) return declared;
  const entries = Object.entries(declared).map(([key, value]) => [key, overlaid(live[key], value)]);
  return { ...live, ...Object.fromEntries(entries) };
}

/** A value that is not declared is the live one, where there is one of its kind. */
function settled(made: unknown, live: unknown, declared: unknown): unknown {
  if (isRecord(made) && isRecord(live)) {
    const within = isRecord(declared) ? declared : {};
    return Object.fromEntries(
      Object.entries(made).map(([key, value]) => [key, settled(value, live[key], within[key])]),
    );
  }
  return declared === undefined && typeof made === 'string' && typeof live === 'string' ? live : made;
}
