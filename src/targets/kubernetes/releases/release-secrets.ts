import { ExpectedError } from '../../../core/errors.ts';
import type { KubernetesObject } from '../../../core/kubernetes-object.ts';
import { fieldManager, labels, managedBy } from '../../../core/labels.ts';
import type { DamagedRelease } from '../../../core/release.ts';
import { ApiError } from '../api/api-error.ts';
import { listAll } from '../api/lists.ts';
import { type Cluster, getObject } from '../cluster.ts';
import { deletion } from './forgetting.ts';
import { headName, parsePieceName, partName } from './piece-names.ts';
import { pieceQuery, secretKind, secretsPath, secretType } from './release-pieces.ts';
import { damagedContent, parseHead, type StoredRelease } from './stored-release.ts';

type Place = Pick<Cluster, 'api' | 'scope' | 'namespace' | 'kubectl'>;
type Secret = KubernetesObject & { data?: Record<string, string> };

/** The heads of an app's releases, newest first. */
export async function readHeads(place: Omit<Place, 'kubectl'>): Promise<(StoredRelease | DamagedRelease)[]> {
  const secrets: Secret[] = await listAll(
    place.api,
    secretsPath(place),
    secretKind,
    pieceQuery(place, 'head'),
  );
  return secrets
    .flatMap(({ data, metadata }) => {
      const piece = parsePieceName(metadata.name, place);
      if (piece?.part !== 'head') return [];
      const where = `Secret/${metadata.name} in namespace ${place.namespace}`;
      return [parseHead(decoded(data?.release).toString(), piece.number, where)];
    })
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
        throw damagedContent(release, `part ${index} of ${release.parts} is missing`, place);
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
  await create(
    secretOf(headName(release.number, place), 'head', release, headText(release), place),
    release,
    place,
  );
}

/** One write, so that at every moment either the old or the new is true. */
export async function rewriteHead(release: StoredRelease, place: Place): Promise<void> {
  await place.api.request({
    method: 'PATCH',
    path: `${secretsPath(place)}/${headName(release.number, place)}`,
    query: { fieldManager },
    contentType: 'application/merge-patch+json',
    body: { data: { release: headText(release).toString('base64') } },
  });
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
    const remedy = deletion(secret.metadata.name, place);
    throw writer === undefined ? notOurs(where, remedy) : writtenByAnother(number, where, remedy);
  }
}

function writtenByAnother(number: number, where: string, remedy: string): ExpectedError {
  return new ExpectedError({
    code: 'E_LOCKED',
    exit: 'locked',
    message: `another run has written release ${number} at the same time`,
    where,
    hints: ['repeat the command', `if it stays so, that Secret has lost its labels: ${remedy}`],
  });
}

function notOurs(where: string, remedy: string): ExpectedError {
  return new ExpectedError({
    code: 'E_CONFLICT',
    exit: 'conflict',
    message: 'a Secret that is not of cloudnative has the name of a release',
    where,
    hints: [`give it another name, or delete it: ${remedy}`],
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
        [managedBy]: 'cloudnative',
      },
    },
    type: secretType,
    data: { release: data.toString('base64') },
  };
}

function headText(release: StoredRelease): Buffer {
  return Buffer.from(JSON.stringify(release));
}

function decoded(data = ''): Buffer {
  return Buffer.from(data, 'base64');
}
