import { expect, it } from 'vitest';
import { deploy } from '../../../src/actions/deploy.ts';
import type { Review } from '../../../src/actions/saved-plan.ts';
import type { Action, Change, Plan } from '../../../src/core/change.ts';
import type { Event } from '../../../src/core/events.ts';
import type { Target } from '../../../src/targets/target.ts';

const change = (action: Action, id: string, more: Partial<Change> = {}): Change => ({
  id,
  action,
  service: 'orders',
  fields: [],
  after: [],
  ...more,
});

/** A deploy to a place whose plan is given; what it does there, and says, is noted. */
async function deployed(
  changes: Change[],
  options: { wait?: boolean; allowRemovals?: boolean; review?: Review; done?: string[] } = {},
) {
  const { done = [] } = options;
  const events: Event[] = [];
  const plan: Plan = { version: 1, app: 'shop', environment: 'staging', place: 'a test', changes };
  const target: Target = {
    place: plan.place,
    plan: async () => plan,
    basisOf: async () => ({ changes: new Map() }),
    planRemoval: async () => plan,
    apply: async ({ id }) => void done.push(id),
    verdict: async () => ({ readiness: 'ready', reason: 'ready' }),
    diagnose: async () => ({ message: '', where: '', why: [], hints: [] }),
    status: async () => [],
    logs: async function* () {},
    locked: (work) => work(),
    connect: () => Promise.reject(new Error('nothing runs here')),
    close: async () => undefined,
  };
  const environment = { name: 'staging', target: 'kubernetes', services: {} } as const;
  const result = await deploy(
    { services: [], timeout: 5000, wait: true, ...options },
    {
      workspace: { name: 'shop', services: [] } as never,
      environment: environment as never,
      target,
      supply: { builder: {} as never },
      who: 'ada@laptop',
      consent: async () => void done.push('asked'),
      consentBack: async () => void done.push('asked to go back'),
      emit: (event) => void events.push(event),
      review: options.review,
      signal: new AbortController().signal,
    },
  );
  return { done, events, result };
}

const removals = Array.from({ length: 6 }, (_, index) => change('remove', `ConfigMap/${index}`));

it('refuses to take most of a service away before anybody is asked, unless that is agreed to', async () => {
  const refused = deployed([...removals, change('none', 'Deployment/orders')]);
  await expect(refused).rejects.toMatchObject({
    explanation: {
      code: 'E_REMOVALS',
      exit: 'notFound',
      message: '6 of 7 resources of orders would be removed',
    },
  });
  const { done } = await deployed(removals, { allowRemovals: true });
  expect(done).toEqual(['asked', ...removals.map(({ id }) => id)]);
});

it('removes nothing when it does not wait for what would take its place', async () => {
  const changes = [
    change('update', 'Deployment/orders'),
    change('remove', 'Deployment/old', { after: ['Deployment/orders'] }),
  ];
  expect((await deployed(changes, { wait: false })).done).toEqual(['asked', 'Deployment/orders']);
  expect((await deployed(changes)).done).toEqual(['asked', 'Deployment/orders', 'Deployment/old']);
});

it('tells what stays without being wanted, and not of the notes that the place keeps', async () => {
  const { events, result } = await deployed([
    change('update', 'ConfigMap/record', { bookkeeping: true }),
    change('update', 'Deployment/orders'),
    change('none', 'PersistentVolumeClaim/data', { unwanted: true, note: 'kept: it holds data' }),
  ]);
  expect(events).toContainEqual({
    type: 'warning',
    message: 'PersistentVolumeClaim/data  kept: it holds data',
  });
  expect(result.changes.map(({ id }) => id)).toEqual(['Deployment/orders', 'PersistentVolumeClaim/data']);
});

it('holds each plan that it makes to the saved one, with all its removals, before anything else', async () => {
  const changes = [change('update', 'Deployment/orders'), ...removals.slice(0, 1)];
  const reviewed: string[][] = [];
  const review: Review = async (plan) => void reviewed.push(plan.changes.map(({ id }) => id));
  await deployed(changes, { review, wait: false });
  expect(reviewed).toEqual([
    ['Deployment/orders', 'ConfigMap/0'],
    ['Deployment/orders', 'ConfigMap/0'],
  ]);

  let looks = 0;
  const done: string[] = [];
  const moves: Review = async () => {
    if (++looks === 2) throw new Error('it has moved');
  };
  await expect(deployed(changes, { review: moves, done })).rejects.toThrow('it has moved');
  expect(looks).toBe(2);
  expect(done).toEqual(['asked']);
});
