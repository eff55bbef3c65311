import { describe, expect, it } from 'vitest';
import { circleIn, dependencyOrder, type Orderable } from '../../../src/plan/dependency-order.ts';

const item = (id: string, level: number, needs: string[], follows: string[]): Orderable => ({
  id,
  level,
  needs,
  follows,
});

describe('dependencyOrder', () => {
  it('keeps what is needed, whatever its level, and of what is followed only what is lower', () => {
    const order = dependencyOrder([
      item('pods', 2, [], ['config', 'pods', 'balancer', 'absent']),
      item('config', 1, [], ['pods']),
      item('balancer', 2, ['gone'], []),
    ]);
    expect(Object.fromEntries(order)).toEqual({ pods: ['config'], config: [], balancer: [] });
  });

  it('raises what needs something high, so that it is not followed any more, nor what needs it in turn', () => {
    const order = dependencyOrder([
      item('pods', 2, [], ['late', 'later', 'config']),
      item('config', 1, [], []),
      item('late', 1, ['pods'], []),
      item('later', 1, ['late'], []),
    ]);
    expect(Object.fromEntries(order)).toEqual({
      pods: ['config'],
      config: [],
      late: ['pods'],
      later: ['late'],
    });
  });
});

describe('circleIn', () => {
  it('finds the same circle wherever it begins, and none where there is none', () => {
    const a = { id: 'a', needs: ['b'] };
    const b = { id: 'b', needs: ['x', 'c'] };
    const c = { id: 'c', needs: ['a'] };
    expect(circleIn([c, b, a])).toEqual(['a', 'b', 'c']);
    expect(circleIn([a, b])).toBeUndefined();
    expect(circleIn([{ id: 'a', needs: ['a'] }])).toEqual(['a']);
  });
});
