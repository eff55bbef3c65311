import { canonicalJson } from '../../../core/canonical-json.ts';
import { damagedRelease } from '../../../core/damaged-release.ts';
import { type DamagedRelease, damagedLive, isSound, liveRelease } from '../../../core/release.ts';
import type { Outcome, ReleaseDraft } from '../../records.ts';
import type { Cluster } from '../cluster.ts';
import { inHome } from '../home.ts';
import { readRecord } from '../record/app-record.ts';
import { describeRelease } from './describe-release.ts';
import { forgetting } from './forgetting.ts';
import { contentOfPlan, joined, type ReleaseContent, without } from './release-content.ts';
import { type ReleasePiece, releasePieces, removePiece } from './release-pieces.ts';
import { readHeads, readParts, rewriteHead, writeRelease } from './release-secrets.ts';
import { packContent, type StoredRelease, unpackContent } from './stored-release.ts';

const kept = 10;

/** An app's releases as Secrets of its namespace. */
export interface Releases {
  /** Newest first. */
  list(): Promise<(StoredRelease | DamagedRelease)[]>;
  content(release: StoredRelease): Promise<ReleaseContent>;
  open(draft: ReleaseDraft): Promise<StoredRelease>;
  /** The namespace has been made: what could not be written before now is. */
  homeMade(): Promise<void>;
  close(number: number, outcome: Outcome): Promise<void>;
  matches(number: number, draft: Pick<ReleaseDraft, 'plan' | 'cause'>): Promise<boolean>;
}

/** `guard` throws when the lock is lost. */
export function createReleases(cluster: Cluster, guard: () => void | Promise<void>): Releases {
  const known = new Map<number, StoredRelease>();
  let waiting: (() => Promise<void>) | undefined;

  const list = async () => {
    const releases = await readHeads(cluster);
    for (const release of releases.filter(isSound)) known.set(release.number, release);
    return releases;
  };
  const content = async (release: StoredRelease) =>
    unpackContent(release, await readParts(release, cluster), cluster);

  return {
    list,
    content,
    async open(draft) {
      const releases = await list();
      const given = await contentFor(draft, releases, content, cluster);
      const packed = packContent(given);
      const release = describeRelease((releases[0]?.number ?? 0) + 1, draft, given, packed);
      const write = async () => {
        await guard();
        await writeRelease(release, packed.parts, cluster);
        known.set(release.number, release);
      };
      if (!(await inHome(cluster, write))) waiting = write;
      return release;
    },
    async homeMade() {
      const write = waiting;
      waiting = undefined;
      await write?.();
    },
    async close(number, outcome) {
      const release = known.get(number);
      // Its namespace never came to be.
      if (!release) return;
      await guard();
      const closed = { ...release, ...outcome };
      const [pieces] = await Promise.all([
        // What cannot be dropped now is dropped after the next one.
        releasePieces(cluster).catch(() => []),
        rewriteHead(closed, cluster),
      ]);
      known.set(number, closed);
      await dropOldest(pieces, cluster).catch(() => undefined);
    },
    async matches(number, draft) {
      const { cause } = draft;
      const release = known.get(number);
      if (!release || cause.action === 'destroy') return false;
      if (cause.action === 'rollback') return release.digest === known.get(cause.to)?.digest;
      const names = cause.services.map(({ name }) => name);
      const wanted = contentOfPlan(draft.plan, cause.services);
      const stored = await content(release);
      const others = stored.services.map(({ name }) => name).filter((name) => !names.includes(name));
      return comparable(without(stored, others)) === comparable(wanted);
    },
  };
}

async function contentFor(
  { plan, cause }: ReleaseDraft,
  releases: readonly (StoredRelease | DamagedRelease)[],
  content: Releases['content'],
  cluster: Cluster,
): Promise<ReleaseContent> {
  const sound = releases.filter(isSound);
  if (cause.action === 'rollback') return content(sound.find(({ number }) => number === cause.to)!);
  const names = cause.services.map((service) => (typeof service === 'string' ? service : service.name));
  const live = liveRelease(releases);
  const carries = live?.holds.some((name) => !names.includes(name));
  const carried = carries ? without(await content(live!), names) : nothing;
  const unknown = damagedLive(releases);
  if (unknown) await assertWhole(names, unknown, cluster);
  return cause.action === 'destroy' ? carried : joined(carried, contentOfPlan(plan, cause.services));
}

const nothing: ReleaseContent = { services: [], objects: [] };

/** What the damaged release gave other services nobody can tell any more. */
async function assertWhole(
  names: readonly string[],
  unknown: DamagedRelease,
  cluster: Cluster,
): Promise<void> {
  const there = ((await readRecord(cluster))?.members ?? []).flatMap(({ service }) => service || []);
  const others = [...new Set(there)].filter((name) => !names.includes(name)).sort();
  if (others.length === 0) return;
  throw damagedRelease(
    { ...unknown, reason: `${unknown.reason}; it may say what ${others.join(', ')} was given` },
    ['deploy all services: then it is not needed', forgetting(unknown.number, cluster)],
  );
}

/** The live one stays, whatever its age: it is what a failing deploy goes back to. */
async function dropOldest(pieces: readonly ReleasePiece[], cluster: Cluster): Promise<void> {
  const heads = pieces.filter(({ isHead }) => isHead).sort((a, b) => b.number - a.number);
  const whole = new Set(heads.map(({ number, run }) => `${number} ${run}`));
  const broken = pieces.filter(({ number, run }) => !whole.has(`${number} ${run}`));
  const old = heads.length > kept ? heads.slice(kept) : [];
  const heldBack = old.length > 0 ? await lastGood(cluster) : undefined;
  const going = new Set(old.flatMap(({ number }) => (number === heldBack ? [] : number)));
  const dropped = pieces.filter(({ number }) => going.has(number));
  // A head without its parts would be a damaged release; parts without their head are none.
  for (const piece of [...dropped.sort((a, b) => Number(b.isHead) - Number(a.isHead)), ...broken])
    await removePiece(piece, cluster);
}

/** Also where a damaged one after it may be the live one. */
async function lastGood(cluster: Cluster): Promise<number | undefined> {
  return liveRelease((await readHeads(cluster)).filter(isSound))?.number;
}

/** Equal texts for equal contents, whatever the order of objects and fields, and wherever they were written. */
function comparable({ objects, services }: ReleaseContent): string {
  const texts = objects.map(({ object, service }) => canonicalJson({ object, service })).sort();
  return [...texts, ...services.map((one) => canonicalJson(one)).sort()].join('\n');
}
