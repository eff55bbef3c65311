import { labels } from '../../../core/labels.ts';
import { ApiError, isForbidden, isNotFound } from '../api/api-error.ts';
import { listAll } from '../api/lists.ts';
import type { Cluster } from '../cluster.ts';
import { removalRefused } from '../plan/refusals.ts';
import { type PieceName, parsePieceName } from './piece-names.ts';

type Place = Pick<Cluster, 'api' | 'scope' | 'namespace'>;

export const secretKind = { apiVersion: 'v1', kind: 'Secret' };
export const secretType = 'cloudnative.dev/release';

export interface ReleasePiece {
  number: number;
  run: string;
  isHead: boolean;
  name: string;
  path: string;
  uid: string;
}

/** Every Secret of every release, also of those whose head was never written. */
export async function releasePieces(place: Place): Promise<ReleasePiece[]> {
  const query = { ...pieceQuery(place), metadataOnly: true };
  const secrets = await listAll(place.api, secretsPath(place), secretKind, query);
  return secrets.flatMap(({ metadata }) => {
    const { name, uid, labels: own = {} } = metadata;
    const piece = parsePieceName(name, place);
    if (!piece || !bears(own, piece)) return [];
    const { number, part } = piece;
    const path = `${secretsPath(place)}/${name}`;
    return [{ number, run: own[labels.run] ?? '', isHead: part === 'head', name, path, uid: String(uid) }];
  });
}

/** Labels are easily copied: a Secret of another type is none of ours, whatever it bears. */
export function pieceQuery(
  { scope }: Place,
  part?: 'head',
): { labelSelector: string; fieldSelector: string } {
  const own = `${labels.app}=${scope.app},${labels.environment}=${scope.environment},${labels.release}`;
  const labelSelector = part ? `${own},${labels.part}=${part}` : own;
  return { labelSelector, fieldSelector: `type=${secretType}` };
}

/** Who may not list Secrets has never written a release. */
export async function hasReleases(place: Place): Promise<boolean> {
  try {
    return (await releasePieces(place)).length > 0;
  } catch (error) {
    if (isForbidden(error)) return false;
    throw error;
  }
}

export async function removePiece({ path, uid, name }: ReleasePiece, { api }: Place): Promise<void> {
  const body = { apiVersion: 'v1', kind: 'DeleteOptions', preconditions: { uid } };
  try {
    await api.request({ method: 'DELETE', path, body });
  } catch (error) {
    if (isNotFound(error)) return;
    throw error instanceof ApiError ? removalRefused(error, path, `Secret/${name}`) : error;
  }
}

export function secretsPath({ namespace }: Pick<Place, 'namespace'>): string {
  return `/api/v1/namespaces/${encodeURIComponent(namespace)}/secrets`;
}

function bears(own: Readonly<Record<string, string>>, piece: PieceName): boolean {
  const run = 'run' in piece ? piece.run : own[labels.run];
  return (
    own[labels.release] === String(piece.number) &&
    own[labels.part] === String(piece.part) &&
    own[labels.run] === run
  );
}
