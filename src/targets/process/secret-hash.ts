import { createHmac } from 'node:crypto';

/** Tells that a value has changed without telling the value. */
export function secretHash(value: string, salt: string): string {
  return createHmac('sha256', salt).update(value).digest('hex').slice(0, 32);
}
