import { type NewOptions, newService } from '../../../src/actions/new.ts';
import { ExpectedError } from '../../../src/core/errors.ts';
import type { Event } from '../../../src/core/events.ts';

/** Makes a service, called orders and in TypeScript unless said otherwise; collects its events. */
export function make(given: Partial<NewOptions> & { cwd: string }, events: Event[] = []) {
  const deps = { emit: (event: Event) => events.push(event), signal: new AbortController().signal };
  return newService(options(given), deps);
}

export function options(given: Partial<NewOptions> & { cwd: string }): NewOptions {
  return { name: 'orders', language: 'ts', calls: [], ...given };
}

/** The expected failure that a promise ends with. */
export async function failure(promise: Promise<unknown>): Promise<ExpectedError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof ExpectedError)) throw error ?? new Error('it worked');
  return error;
}
