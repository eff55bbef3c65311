import { expect, it } from 'vitest';
import { destroy } from '../../../src/actions/destroy.ts';
import type { LiveApp } from '../../../src/actions/live-app.ts';
import type { Change } from '../../../src/core/change.ts';
import type { Event } from '../../../src/core/events.ts';

const change = (id: string, more: Partial<Change>): Change => ({
  id,
  action: 'remove',
  service: 'old',
  fields: [],
  after: [],
  ...more,
});

/** The removal of service `old`, which is not in the workspace, from a place with these changes. */
async function destroyed(...changes: Change[]) {
  const events: Event[] = [];
  const plan = { version: 1, app: 'shop', environment: 'staging', place: 'a test', changes } as const;
  const target: Partial<LiveApp['target']> = {
    place: plan.place,
    planRemoval: async () => plan,
    apply: async () => undefined,
    verdict: async () => ({ readiness: 'ready', reason: 'gone' }),
    locked: (work) => work(),
  };
  const result = await destroy(
    { services: ['old'], timeout: 5000 },
    {
      workspace: { name: 'shop' } as LiveApp['workspace'],
      known: ['orders'],
      environment: { name: 'staging' } as LiveApp['environment'],
      target: target as LiveApp['target'],
      who: 'ada@laptop',
      consent: async () => undefined,
      emit: (event) => void events.push(event),
      signal: new AbortController().signal,
    },
  );
  return { result, warnings: events.flatMap((event) => (event.type === 'warning' ? event.message : [])) };
}

const kept = change('PersistentVolumeClaim/data', {
  action: 'none',
  unwanted: true,
  note: 'kept: it holds data',
});

it('tells what went and what stays, the notes of the place left out', async () => {
  const record = change('ConfigMap/record', { action: 'update', bookkeeping: true, service: undefined });
  const { result, warnings } = await destroyed(change('Deployment/old', {}), kept, record);
  expect(result).toEqual({ removed: ['Deployment/old'], kept: ['PersistentVolumeClaim/data'] });
  expect(warnings).toEqual(['PersistentVolumeClaim/data  kept: it holds data']);
});

it('knows a service of which only what is kept is left, and no other', async () => {
  expect((await destroyed(kept)).result).toEqual({ removed: [], kept: ['PersistentVolumeClaim/data'] });
  await expect(destroyed()).rejects.toMatchObject({ explanation: { exit: 'notFound' } });
});
