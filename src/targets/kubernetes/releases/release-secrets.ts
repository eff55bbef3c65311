import { ExpectedError } from '../../../core/errors.ts';
import type { KubernetesObject } from '../../../core/kubernetes-object.ts';
import { fieldManager, labels } from '../../../core/labels.ts';
import { ApiError, isForbidden, isNotFound } from '../api/api-error.ts';
import { listAll } from '../api/lists.ts';
import { type Cluster, getObject } from '../cluster.ts';
import { damaged, parseHead, type StoredRelease } from './stored-release.ts';

type Place = Pick<Cluster, 'api' | 'scope' | 'namespace'>;
type Secret = KubernetesObject & { data?: Record<string, string> };

const secretKind = { apiVersion: 'v1', kind: 'Secret' };
export const secretType = 'cloudnative.dev/release';

/** The heads of an app's releases, newest first. */
export async function readHeads(place: Place): Promise<StoredRelease[]> {
  const labelSelector = `${selector(place)},${labels.part}=head`;
  const secrets: Secret[] = await listAll(place.api, secretsPath(place), secretKind, { labelSelector });
  return secrets
    .map(({ data, metadata }) =>
      parseHead(decoded(data?.release).toString(), `Secret/${metadata.name} in namespace ${place.namespace}`),
    )
    .sort((a, b) => b.number - a.number);
}

/** Throws E_RELEASE_DAMAGED (4) when one is missing. */
export async function readParts(release: StoredRelease, place: Place): Promise<Buffer[]> {
  const indexes = Array.from({ length: release.parts }, (_, index) => index + 1);
  return Promise.all(
    indexes.map(async (index) => {
      const secret: Secret | undefined = await getObject(
        place,
        `${secretsPath(place)}/${partName(release, index, place)}`,
      );
      if (!secret?.data?.release)
        throw damaged(`release ${release.number}`, `part ${index} of ${release.parts} is missing`);
      return decoded(secret.data.release);
    }),
  );
}

/** The head comes last: what is not whole is no release. */
export async function writeRelease(
  release: StoredRelease,
  parts: readonly Buffer[],
  place: Place,
): Promise<void> {
  for (const [index, part] of parts.entries()) {
    const name = partName(release, index + 1, place);
    await create(
      { ...secretOf(name, String(index + 1), release, part, place), immutable: true },
      release,
      place,
    );
  }
  await create(secretOf(headName(release, place), 'head', release, headText(release), place), release, place);
}

/** One write, so that at every moment either the old or the new is true. */
export async function rewriteHead(release: StoredRelease, place: Place): Promise<void> {
  await place.api.request({
    method: 'PATCH',
    path: `${secretsPath(place)}/${headName(release, place)}`,
    query: { fieldManager },
    contentType: 'application/merge-patch+json',
    body: { data: { release: headText(release).toString('base64') } },
  });
}

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
  const query = { labelSelector: selector(place), metadataOnly: true };
  const secrets = await listAll(place.api, secretsPath(place), secretKind, query);
  return secrets.map(({ metadata }) => ({
    number: Number(metadata.labels?.[labels.release]),
    run: metadata.labels?.[labels.run] ?? '',
    isHead: metadata.labels?.[labels.part] === 'head',
    name: metadata.name,
    path: `${secretsPath(place)}/${metadata.name}`,
    uid: String(metadata.uid),
  }));
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

export async function removePiece({ path, uid }: ReleasePiece, { api }: Place): Promise<void> {
  const body = { apiVersion: 'v1', kind: 'DeleteOptions', preconditions: { uid } };
  try {
    await api.request({ method: 'DELETE', path, body });
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}

/** A repeated request, whose first answer was lost, finds what it wrote itself. */
async function create(secret: Secret, { number, run }: StoredRelease, place: Place): Promise<void> {
  try {
    await place.api.request({
      method: 'POST',
      path: secretsPath(place),
      query: { fieldManager },
      body: secret,
    });
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 409) throw error;
    const found = await getObject(place, `${secretsPath(place)}/${secret.metadata.name}`);
    const writer = found?.metadata.labels?.[labels.run];
    if (writer === run) return;
    const where = `Secret/${secret.metadata.name} in namespace ${place.namespace}`;
    throw writer === undefined ? notOurs(where) : writtenByAnother(number, where);
  }
}

function writtenByAnother(number: number, where: string): ExpectedError {
  return new ExpectedError({
    code: 'E_LOCKED',
    exit: 'locked',
    message: `another run has written release ${number} at the same time`,
    where,
    hints: ['repeat the command'],
  });
}

function notOurs(where: string): ExpectedError {
  return new ExpectedError({
    code: 'E_CONFLICT',
    exit: 'conflict',
    message: 'a Secret that is not of cloudnative has the name of a release',
    where,
    hints: ['give it another name, or delete it'],
  });
}

function secretOf(
  name: string,
  part: string,
  { number, run }: StoredRelease,
  data: Buffer,
  { scope, namespace }: Place,
): Secret {
  return {
    ...secretKind,
    metadata: {
      name,
      namespace,
      labels: {
        [labels.app]: scope.app,
        [labels.environment]: scope.environment,
        [labels.release]: String(number),
        [labels.part]: part,
        [labels.run]: run,
        'app.kubernetes.io/managed-by': 'cloudnative',
      },
    },
    type: secretType,
    data: { release: data.toString('base64') },
  };
}

function headText(release: StoredRelease): Buffer {
  return Buffer.from(JSON.stringify(release));
}

// Neither names of apps nor of environments hold dots, so that no two apps meet in one name.
function headName({ number }: StoredRelease, { scope }: Place): string {
  return `cloudnative.${scope.app}.${scope.environment}.release.${number}`;
}

function partName(release: StoredRelease, index: number, place: Place): string {
  return `${headName(release, place)}.${release.run}.${index}`;
}

function selector({ scope }: Place): string {
  return `${labels.app}=${scope.app},${labels.environment}=${scope.environment},${labels.release}`;
}

function secretsPath({ namespace }: Place): string {
  return `/api/v1/namespaces/${encodeURIComponent(namespace)}/secrets`;
}

function decoded(data = ''): Buffer {
  return Buffer.from(data, 'base64');
}
