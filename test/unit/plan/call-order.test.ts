import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Change } from '../../../src/core/change.ts';
import { inOrder } from '../../../src/engine/apply-plan.ts';
import { callOrder } from '../../../src/plan/call-order.ts';

const names = ['a', 'b', 'c', 'd', 'e', 'f'];
const graph = fc
  .subarray(names)
  .chain((services) =>
    fc.tuple(
      ...services.map((service) => fc.subarray([...names, 'gone']).map((calls) => ({ service, calls }))),
    ),
  );

describe('callOrder', () => {
  it('names only called services of the plan, never makes a circle, and does not depend on the order given', () => {
    fc.assert(
      fc.property(graph, fc.infiniteStream(fc.nat()), (services, random) => {
        const calledFirst = callOrder(services);
        for (const { service, calls } of services) {
          for (const earlier of calledFirst(service)) expect(calls).toContain(earlier);
          expect(calledFirst(service)).not.toContain(service);
        }
        const changes = services.map(
          ({ service }): Change => ({
            id: service,
            action: 'create',
            fields: [],
            after: calledFirst(service),
          }),
        );
        expect(inOrder(changes)).toHaveLength(services.length); // throws on a circle
        const shuffled = services
          .map((one) => ({ one: { ...one, calls: [...one.calls].reverse() }, key: random.next().value }))
          .sort((left, right) => left.key - right.key)
          .map(({ one }) => one);
        const other = callOrder(shuffled);
        for (const { service } of services) expect(other(service)).toEqual(calledFirst(service));
      }),
    );
  });

  it('keeps every call where there is no circle', () => {
    const calledFirst = callOrder([
      { service: 'web', calls: ['orders', 'catalog', 'absent'] },
      { service: 'orders', calls: ['catalog'] },
      { service: 'catalog', calls: [] },
    ]);
    expect([calledFirst('web'), calledFirst('orders'), calledFirst('catalog')]).toEqual([
      ['catalog', 'orders'],
      ['catalog'],
      [],
    ]);
  });
});
