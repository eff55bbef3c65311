import { ExpectedError } from '../../../core/errors.ts';
import type { KubernetesObject } from '../../../core/kubernetes-object.ts';
import type { Cluster } from '../cluster.ts';
import { type Member, tooling } from './app-record.ts';
import { applySet, hintsFor } from './apply-set.ts';

/** Why a record must not be trusted with what may be removed; undefined for a sound one. */
export function recordProblem(
  record: KubernetesObject,
  setId: string,
  { context, namespace, kubectl }: Pick<Cluster, 'context' | 'namespace' | 'kubectl'>,
): ExpectedError | undefined {
  const why = whatIsWrong(record, setId, namespace);
  if (!why) return undefined;
  const { name } = record.metadata;
  return new ExpectedError({
    code: 'E_RECORD',
    exit: 'notFound',
    message: 'the record of what is deployed cannot be trusted',
    where: `ConfigMap/${name} in namespace ${namespace}, context ${context}`,
    why,
    hints: [
      kubectl(`-n ${namespace} delete configmap ${name}`),
      'then repeat the command: the record is made anew from the labels of the objects',
    ],
  });
}

/** Undefined for what cloudnative never writes. */
export function parseMembers({ data }: KubernetesObject): Member[] | undefined {
  const { members } = (data ?? {}) as { members?: unknown };
  if (typeof members !== 'string') return undefined;
  try {
    const parsed = members
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as unknown);
    return parsed.every(isMember) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

function whatIsWrong(record: KubernetesObject, setId: string, namespace: string): string | undefined {
  const { labels = {}, annotations = {} } = record.metadata;
  const tool = annotations[applySet.tooling];
  if (tool !== tooling)
    return tool ? `${tool} wrote it, and this is ${tooling}` : 'cloudnative did not write it';
  if (labels[applySet.id] !== setId)
    return `its label ${applySet.id} is not the one of its name and namespace: it was copied or changed`;
  const members = parseMembers(record);
  if (!members) return 'its list of members cannot be read: it was changed';
  const hints = hintsFor(members, namespace);
  const differs = Object.keys(hints).find((name) => hints[name] !== (annotations[name] ?? ''));
  return differs && `its annotation ${differs} does not go with its list of members: it was changed`;
}

function isMember(value: unknown): value is Member {
  if (typeof value !== 'object' || value === null) return false;
  const { kind, group, name, namespace, uid, service, unlabelled } = value as Record<string, unknown>;
  const isText = (text: unknown) => typeof text === 'string' && text !== '';
  const isOptional = (text: unknown) => text === undefined || isText(text);
  return (
    isText(kind) &&
    typeof group === 'string' &&
    isText(name) &&
    [namespace, uid, service].every(isOptional) &&
    [undefined, true].includes(unlabelled as true)
  );
}
