import fc from 'fast-check';
import { expect, test } from 'vitest';
import { callCycles } from '../../../src/workspace/call-cycles.ts';

test.each([
  ['nothing', {}, []],
  ['a chain', { a: ['b'], b: ['c'], c: [] }, []],
  ['a diamond', { a: ['b', 'c'], b: ['d'], c: ['d'], d: [] }, []],
  ['itself', { a: ['a'] }, []],
  ['two', { b: ['a'], a: ['b'] }, [['a', 'b']]],
  ['three, entered from outside', { a: ['d'], d: ['c'], c: ['b'], b: ['d'] }, [['b', 'd', 'c']]],
  [
    'two apart',
    { a: ['b'], b: ['a'], c: ['d'], d: ['c'] },
    [
      ['a', 'b'],
      ['c', 'd'],
    ],
  ],
  ['unknown', { a: ['x'] }, []],
])('%s', (_, calls: Record<string, string[]>, expected) => {
  expect(callCycles(new Map(Object.entries(calls)))).toEqual(expected);
});

test('there is a circle exactly when no order of starting exists', () => {
  const name = fc.constantFrom('a', 'b', 'c', 'd', 'e');
  const graph = fc.dictionary(name, fc.uniqueArray(name, { maxLength: 3 }));
  fc.assert(
    fc.property(graph, (calls) => {
      const others = Object.entries(calls).map(([from, to]): [string, string[]] => [
        from,
        to.filter((each) => each !== from),
      ]);
      const cycles = callCycles(new Map(others));
      expect(cycles.length > 0).toBe(!hasOrder(new Map(others)));
      for (const cycle of cycles) {
        for (const [index, from] of cycle.entries()) {
          expect(calls[from]).toContain(cycle[(index + 1) % cycle.length]);
        }
      }
    }),
    { numRuns: 1_000 },
  );
});

/** Takes away what calls nothing that is left, until nothing changes. */
function hasOrder(calls: Map<string, string[]>): boolean {
  for (;;) {
    const free = [...calls].filter(([, to]) => !to.some((each) => calls.has(each)));
    if (free.length === 0) return calls.size === 0;
    for (const [name] of free) calls.delete(name);
  }
}
