import type { KubernetesObject } from '../../../core/kubernetes-object.ts';
import { labels } from '../../../core/labels.ts';
import type { Scope } from '../../target.ts';
import type { Selection } from './watch-stream.ts';

/** The collection that an object of ours is watched in: those of its app, so that one watch serves all of a kind. */
export function selectionOf(path: string, { apiVersion, kind, metadata }: KubernetesObject): Selection {
  const { [labels.app]: app, [labels.environment]: environment } = metadata.labels ?? {};
  const collection = collectionPath(path);
  return app && environment
    ? { path: collection, apiVersion, kind, labelSelector: ownLabels({ app, environment }) }
    : { path: collection, apiVersion, kind, fieldSelector: `metadata.name=${metadata.name}` };
}

/** The collection that a removed object of the app is missed in. */
export function removalSelection(path: string, scope: Scope): Selection {
  return {
    path: collectionPath(path),
    apiVersion: '',
    kind: '',
    labelSelector: ownLabels(scope),
    metadataOnly: true,
  };
}

export function podSelection(namespace: string): Selection {
  return {
    path: `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods`,
    apiVersion: 'v1',
    kind: 'Pod',
  };
}

export function replicaSetSelection(namespace: string): Selection {
  return {
    path: `/apis/apps/v1/namespaces/${encodeURIComponent(namespace)}/replicasets`,
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadataOnly: true,
  };
}

function collectionPath(path: string): string {
  return path.slice(0, path.lastIndexOf('/'));
}

function ownLabels({ app, environment }: Scope): string {
  return `${labels.app}=${app},${labels.environment}=${environment}`;
}
