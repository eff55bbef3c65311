export interface ImageReference {
  /** `docker.io` where none is written. */
  host: string;
  /** With `library/` where Docker puts it. */
  path: string;
  tag?: string;
  digest?: string;
}

const component = '(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])';
const hostPattern = new RegExp(`^(?:${component}(?:\\.${component})*|\\[[a-fA-F0-9:]+\\])(?::[0-9]+)?$`);
const pathPattern = /^[a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*)*$/;
const tagPattern = /^\w[\w.-]{0,127}$/;
const digestPattern = /^[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}$/;
const longestName = 255;

/** Splits a reference as Docker does, `orders` meaning `docker.io/library/orders`; undefined when Docker refuses it. */
export function parseReference(text: string): ImageReference | undefined {
  const [rest = '', digest, ...more] = text.split('@');
  if (more.length > 0 || (digest !== undefined && !validDigest(digest))) return undefined;
  const colon = rest.lastIndexOf(':');
  const hasTag = colon > rest.lastIndexOf('/');
  const tag = hasTag ? rest.slice(colon + 1) : undefined;
  if (tag !== undefined && !tagPattern.test(tag)) return undefined;
  const name = hasTag ? rest.slice(0, colon) : rest;
  if (/^[a-f0-9]{64}$/.test(text)) return undefined; // would be taken for an image's id
  const { host, path } = splitHost(name);
  if (host.length + path.length + 1 > longestName || !hostPattern.test(host) || !pathPattern.test(path))
    return undefined;
  return { host, path, tag, digest };
}

function splitHost(name: string): { host: string; path: string } {
  const slash = name.indexOf('/');
  const first = name.slice(0, slash);
  const isHost =
    slash !== -1 && (/[.:]/.test(first) || first === 'localhost' || first !== first.toLowerCase());
  const host = !isHost || first === 'index.docker.io' ? 'docker.io' : first;
  const path = isHost ? name.slice(slash + 1) : name;
  return { host, path: host === 'docker.io' && !path.includes('/') ? `library/${path}` : path };
}

function validDigest(digest: string): boolean {
  const lengths: Record<string, number> = { sha256: 64, sha384: 96, sha512: 128 };
  const [algorithm = '', hex = ''] = digest.split(':');
  const length = lengths[algorithm];
  return length === undefined ? digestPattern.test(digest) : new RegExp(`^[a-f0-9]{${length}}$`).test(hex);
}
