import { canonicalJson } from '../../../core/canonical-json.ts';
import { liveRelease } from '../../../core/release.ts';
import type { Outcome, ReleaseDraft } from '../../records.ts';
import type { Cluster } from '../cluster.ts';
import { homeOf } from '../home.ts';
import { describeRelease } from './describe-release.ts';
import { contentOfPlan, joined, type ReleaseContent, without } from './release-content.ts';
import { releasePieces, removePiece } from './release-pieces.ts';
import { readHeads, readParts, rewriteHead, writeRelease } from './release-secrets.ts';
import { packContent, type StoredRelease, unpackContent } from './stored-release.ts';

const kept = 10;

/** An app's releases as Secrets of its namespace. */
export interface Releases {
  list(): Promise<StoredRelease[]>;
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
    for (const release of releases) known.set(release.number, release);
    return releases;
  };
  const content = async (release: StoredRelease) => unpackContent(release, await readParts(release, cluster));

  return {
    list,
    content,
    async open(draft) {
      const releases = await list();
      const given = await contentFor(draft, releases, content);
      const packed = packContent(given);
      const release = describeRelease((releases[0]?.number ?? 0) + 1, draft, given, packed);
      const write = async () => {
        await guard();
        await writeRelease(release, packed.parts, cluster);
        known.set(release.number, release);
      };
      if ((await homeOf(cluster)) === 'missing') waiting = write;
      else await write();
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
      await rewriteHead(closed, cluster);
      known.set(number, closed);
      // What cannot be dropped now is dropped after the next one.
      await dropOldest(cluster).catch(() => undefined);
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
  releases: readonly StoredRelease[],
  content: Releases['content'],
): Promise<ReleaseContent> {
  if (cause.action === 'rollback') return content(releases.find(({ number }) => number === cause.to)!);
  const live = liveRelease(releases) as StoredRelease | undefined;
  const nothing: ReleaseContent = { services: [], objects: [] };
  if (cause.action === 'destroy') return without(live ? await content(live) : nothing, cause.services);
  const own = contentOfPlan(plan, cause.services);
  const names = new Set(cause.services.map(({ name }) => name));
  const carries = live?.holds.some((name) => !names.has(name));
  return carries ? joined(await content(live!), own) : own;
}

/** The live one stays, whatever its age: it is what a failing deploy goes back to. */
async function dropOldest(cluster: Cluster): Promise<void> {
  const pieces = await releasePieces(cluster);
  const heads = pieces.filter(({ isHead }) => isHead).sort((a, b) => b.number - a.number);
  const whole = new Set(heads.map(({ number, run }) => `${number} ${run}`));
  const broken = pieces.filter(({ number, run }) => !whole.has(`${number} ${run}`));
  const old = heads.length > kept ? heads.slice(kept) : [];
  const live = old.length > 0 ? liveRelease(await readHeads(cluster))?.number : undefined;
  const going = new Set(old.flatMap(({ number }) => (number === live ? [] : number)));
  const dropped = pieces.filter(({ number }) => going.has(number));
  // A head without its parts would be a damaged release; parts without their head are none.
  for (const piece of [...dropped.sort((a, b) => Number(b.isHead) - Number(a.isHead)), ...broken])
    await removePiece(piece, cluster);
}

/** Equal texts for equal contents, whatever the order of objects and fields, and wherever they were written. */
function comparable({ objects, services }: ReleaseContent): string {
  const texts = objects.map(({ object, service }) => canonicalJson({ object, service })).sort();
  return [...texts, ...services.map((one) => canonicalJson(one)).sort()].join('\n');
}
