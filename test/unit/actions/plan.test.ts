import { expect, it } from 'vitest';
import { plan } from '../../../src/actions/plan.ts';
import type { Action } from '../../../src/core/change.ts';
import type { Event } from '../../../src/core/events.ts';
import type { Release } from '../../../src/core/release.ts';
import type { Records } from '../../../src/targets/records.ts';

const release = (number: number, more: Partial<Release>) => ({ number, ...more }) as Release;
const good = release(1, { result: 'deployed' });
const failed = release(2, { result: 'failed' });

/** What a plan warns of, where the history is as given and the newest release gives what is there, or not. */
async function warnings(action: Action, releases: Release[], matches = async () => true): Promise<string[]> {
  const events: Event[] = [];
  const records = { list: async () => releases, matches } as unknown as Records;
  const change = { id: 'A/a', action, fields: [], after: [] };
  await plan(
    { services: [] },
    {
      workspace: { name: 'shop', services: [] } as never,
      environment: { name: 'staging', services: {} } as never,
      target: {
        plan: async () => ({
          version: 1,
          app: 'shop',
          environment: 'staging',
          place: 'a test',
          changes: [change],
        }),
        status: async () => [],
        records,
      },
      supply: { builder: {} as never },
      emit: (event) => void events.push(event),
    },
  );
  return events.flatMap((event) => (event.type === 'warning' ? event.message : []));
}

it('says that nothing is to be done for what failed or was interrupted, and how to go back', async () => {
  expect(await warnings('none', [failed, good])).toEqual([
    'what is there is what release 2 wanted, and that failed; cloudnative rollback -e staging goes back to release 1',
  ]);
  expect(await warnings('none', [{ ...failed, interrupted: true }])).toEqual([
    'what is there is what release 2 wanted, and that was interrupted',
  ]);
});

it('says nothing of a release that is not what is there, or about which it cannot ask', async () => {
  expect(await warnings('none', [failed, good], async () => false)).toEqual([]);
  expect(await warnings('none', [failed, good], () => Promise.reject(new Error('gone')))).toEqual([]);
  expect(await warnings('update', [failed, good])).toEqual([]);
  expect(await warnings('none', [good])).toEqual([]);
});
