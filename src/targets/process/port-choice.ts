import { createHash } from 'node:crypto';
import type { Ports } from '../../workspace/model.ts';

// Below the range from which systems take ports for outgoing connections (32768, or 49152).
const lowest = 20_000;
const pairs = 5000;

/** Pairs of neighbouring ports in the order to try them: the same for a service of a folder each time, another for its clone. */
export function* portPairs(folder: string, service: string): Generator<Ports> {
  const hash = createHash('sha256').update(`${folder}\0${service}`).digest();
  const first = hash.readUInt32BE(0) % pairs;
  for (let step = 0; step < pairs; step++) {
    const http = lowest + 2 * ((first + step) % pairs);
    yield { http, admin: http + 1 };
  }
}
