import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ExpectedError } from '../../../../src/core/errors.ts';
import {
  allocatePorts,
  type PortFacts,
  type PortRequest,
} from '../../../../src/targets/process/port-allocation.ts';
import { portPairs } from '../../../../src/targets/process/port-choice.ts';
import type { Ports } from '../../../../src/workspace/model.ts';

const names = ['a', 'b', 'c', 'd', 'e'];
const port = fc.integer({ min: 20_000, max: 20_012 });
const ports = fc.record({ http: port, admin: port });
const pinned: fc.Arbitrary<Partial<Ports>> = fc.record({ http: port, admin: port }, { requiredKeys: [] });
const world = fc.record({
  requests: fc
    .subarray(names)
    .chain((chosen) =>
      fc.tuple(...chosen.map((service) => pinned.map((pins): PortRequest => ({ service, pinned: pins })))),
    ),
  remembered: fc.dictionary(fc.constantFrom(...names), ports),
  foreign: fc.uniqueArray(port, { maxLength: 5 }),
});

function facts(remembered: Record<string, Ports>, foreign: readonly number[]): PortFacts {
  return {
    folder: '/shop',
    environment: 'local',
    remembered,
    isUsable: async (_, wanted) => !foreign.includes(wanted),
    holder: (wanted) => (foreign.includes(wanted) ? { pid: 7, command: 'nginx' } : undefined),
  };
}

describe('allocatePorts', () => {
  it('gives each service ports of its own, honours pins, keeps what can be kept, or names the pin that cannot', async () => {
    await fc.assert(
      fc.asyncProperty(world, async ({ requests, remembered, foreign }) => {
        const outcome = await allocatePorts(requests, facts(remembered, foreign)).catch(
          (error: unknown) => error,
        );
        const others = Object.entries(remembered).filter(
          ([name]) => !requests.some(({ service }) => service === name),
        );
        const otherPorts = others.flatMap(([, { http, admin }]) => [http, admin]);
        const pins = requests.flatMap((request) => Object.values(request.pinned));
        const impossible =
          new Set(pins).size < pins.length ||
          pins.some((pin) => foreign.includes(pin) || otherPorts.includes(pin));
        if (impossible) {
          expect(outcome).toBeInstanceOf(ExpectedError);
          expect((outcome as ExpectedError).explanation.code).toBe('E_PORT_TAKEN');
          return;
        }
        const { ports: given, moved } = outcome as Awaited<ReturnType<typeof allocatePorts>>;
        expect(Object.keys(given).sort()).toEqual(requests.map(({ service }) => service).sort());
        const all = Object.values(given).flatMap(({ http, admin }) => [http, admin]);
        expect(new Set(all).size).toBe(all.length);
        for (const one of all) expect([...foreign, ...otherPorts]).not.toContain(one);
        for (const request of requests) {
          const mine = given[request.service]!;
          expect(mine).toMatchObject(request.pinned);
          const had = remembered[request.service];
          if (!had || moved[request.service]) continue;
          expect(mine).toEqual({ ...had, ...request.pinned });
        }
        // Once they are remembered, nothing moves any more.
        const again = await allocatePorts(requests, facts({ ...remembered, ...given }, foreign));
        expect(again).toEqual({ ports: given, moved: {} });
      }),
      { numRuns: 500 },
    );
  });

  it('says who took a remembered port', async () => {
    const { ports: given, moved } = await allocatePorts(
      [{ service: 'orders', pinned: {} }],
      facts({ orders: { http: 21_000, admin: 21_001 } }, [21_000]),
    );
    expect(moved).toEqual({ orders: 'port 21000 was taken: pid 7 (nginx) listens on it' });
    expect(given.orders!.admin).toBe(21_001);
  });

  it('gives up when the whole range is taken', async () => {
    const nothing = { ...facts({}, []), isUsable: async () => false };
    await expect(allocatePorts([{ service: 'a', pinned: {} }], nothing)).rejects.toThrow(
      'there is no free port for a',
    );
  });
});

describe('portPairs', () => {
  it('visits each pair from 20000 to 29999 once, from a place that depends on folder and service', () => {
    const pairs = [...portPairs('/home/one/shop', 'orders')];
    expect(new Set(pairs.map(({ http }) => http)).size).toBe(5000);
    expect(Math.min(...pairs.map(({ http }) => http))).toBe(20_000);
    expect(Math.max(...pairs.map(({ admin }) => admin))).toBe(29_999);
    for (const { http, admin } of pairs) expect(admin).toBe(http + 1);
    const first = (folder: string, service: string) => portPairs(folder, service).next().value;
    expect(first('/home/one/shop', 'orders')).toEqual(pairs[0]);
    expect(first('/home/two/shop', 'orders')).not.toEqual(pairs[0]);
    expect(first('/home/one/shop', 'catalog')).not.toEqual(pairs[0]);
  });
});
