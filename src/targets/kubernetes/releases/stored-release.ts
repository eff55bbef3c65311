import { createHash } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import { damagedRelease } from '../../../core/damaged-release.ts';
import { ExpectedError } from '../../../core/errors.ts';
import { type DamagedRelease, isSound, type Release } from '../../../core/release.ts';
import { forgetting, type HeadPlace } from './forgetting.ts';
import { isHead } from './head-shape.ts';
import type { ReleaseContent } from './release-content.ts';

/** What the head of a stored release says; its parts, joined, are the content. */
export interface StoredRelease extends Release {
  format: 1;
  /** Tells two writers apart that gave the same number. */
  run: string;
  /** All services that its content has. */
  holds: readonly string[];
  /** `Kind/name` of the ConfigMaps and Secrets of it that are named after their content. */
  versioned: readonly string[];
  /** Number of parts, and digest of them joined. */
  parts: number;
  digest: string;
}

const format = 1;
/** Bytes. A Secret may hold 1 MiB, and the store behind it takes requests of 1.5 MiB. */
const partSize = 512 * 1024;
const largestContent = 512 * 1024 * 1024;

/** The content compressed, in parts that fit into a Secret each. */
export function packContent(content: ReleaseContent): { parts: Buffer[]; digest: string } {
  const packed = gzipSync(JSON.stringify({ format, ...content }), { level: 6 });
  const count = Math.max(1, Math.ceil(packed.length / partSize));
  const parts = Array.from({ length: count }, (_, index) =>
    packed.subarray(index * partSize, (index + 1) * partSize),
  );
  return { parts, digest: digestOf(packed) };
}

/** Throws E_RELEASE_DAMAGED (4), without quoting anything of it. */
export function unpackContent(
  release: StoredRelease,
  parts: readonly Buffer[],
  place: HeadPlace,
): ReleaseContent {
  const packed = Buffer.concat(parts);
  if (digestOf(packed) !== release.digest)
    throw damagedContent(release, 'its parts are not what was written', place);
  const text = gunzipSync(packed, { maxOutputLength: largestContent }).toString();
  const { services, objects } = JSON.parse(text) as ReleaseContent;
  return { services, objects };
}

/** Of one that is no head, only the number that its Secret's name gives. Throws E_RELEASE_VERSION (4) for a format that is not ours. `where` names its Secret. */
export function parseHead(text: string, number: number, where: string): StoredRelease | DamagedRelease {
  const head = parsedHead(text);
  if (typeof head?.format !== 'number')
    return { number, result: 'damaged', reason: 'its summary cannot be read' };
  if (head.format !== format) throw unknownFormat(where, head.format);
  if (!isHead(head) || head.number !== number)
    return { number, result: 'damaged', reason: 'its summary has not what a release has' };
  return head;
}

/** Without what is only for storing it. */
export function releaseOf(stored: StoredRelease | DamagedRelease): Release | DamagedRelease {
  return isSound(stored) ? soundOf(stored) : stored;
}

export function soundOf(stored: StoredRelease): Release {
  const { number, at, who, cause, result, reason, interrupted, ms, changes, services, images } = stored;
  return { number, at, who, cause, result, reason, interrupted, ms, changes, services, images };
}

/** Where its content is needed. */
export function damagedContent(
  { number }: Pick<StoredRelease, 'number'>,
  reason: string,
  place: HeadPlace,
): ExpectedError {
  return damagedRelease({ number, reason }, [
    'choose another release: cloudnative history lists them',
    'a deploy of all services does not need it',
    forgetting(number, place),
  ]);
}

function parsedHead(text: string): { format?: unknown } | null {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function unknownFormat(where: string, found: number): ExpectedError {
  return new ExpectedError({
    code: 'E_RELEASE_VERSION',
    exit: 'notFound',
    message: 'the history was written by a newer cloudnative',
    where,
    why: `it has format ${found}; this program knows ${format}`,
    hints: ['use the newer program'],
  });
}

function digestOf(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}
