import { describe, expect, it } from 'vitest';
import type { KubernetesObject } from '../../../src/core/kubernetes-object.ts';
import { readiness } from '../../../src/status/readiness.ts';
import type { ReadinessRule } from '../../../src/workspace/model.ts';

const rules: ReadinessRule[] = [
  {
    group: 'db.example.com',
    kind: 'Database',
    ready: { field: 'status.phase', is: ['Running', 'Idle'] },
    failed: { field: 'status.phase', is: ['Error'] },
  },
  {
    group: 'example.com',
    kind: 'Widget',
    ready: { condition: 'Available', status: 'True' },
    failed: { condition: 'Broken', status: 'True' },
  },
  { group: 'example.com', kind: 'Count', ready: { field: 'status.counts.ready', is: ['3'] } },
];
const verdict = (apiVersion: string, kind: string, status?: object, metadata: object = {}) => {
  const object = { apiVersion, kind, metadata: { name: 'a', ...metadata }, status } as KubernetesObject;
  const found = readiness(object, rules);
  return `${found.readiness}: ${found.reason}`;
};
const condition = (type: string, status: string, message?: string) => ({
  conditions: [{ type, status, message }],
});

describe('a rule of the workspace', () => {
  it.each([
    [undefined, 'progressing: has no status.phase yet'],
    [{ phase: 'Creating' }, 'progressing: status.phase is Creating'],
    [{ phase: 'Idle' }, 'ready: status.phase is Idle'],
    [{ phase: 'Error' }, 'failed: status.phase is Error'],
    [{ phase: { name: 'Idle' } }, 'progressing: status.phase is no single value'],
  ])('by a field: %j', (status, expected) => {
    expect(verdict('db.example.com/v1', 'Database', status)).toBe(expected);
  });

  it.each([
    [undefined, 'progressing: has no condition Available yet'],
    [condition('Available', 'False', 'no disk'), 'progressing: no disk'],
    [condition('Available', 'True'), 'ready: Available is True'],
    [condition('Broken', 'True', 'no way'), 'failed: no way'],
    [condition('Broken', 'False', 'fine'), 'progressing: has no condition Available yet'],
  ])('by a condition: %j', (status, expected) => {
    expect(verdict('example.com/v1beta1', 'Widget', status)).toBe(expected);
  });

  it('compares numbers, and leaves the other kinds and groups alone', () => {
    expect(verdict('example.com/v1', 'Count', { counts: { ready: 3 } })).toBe(
      'ready: status.counts.ready is 3',
    );
    expect(verdict('other.com/v1', 'Widget')).toBe('ready: present');
  });

  it('comes after what is true of every kind', () => {
    const ready = condition('Available', 'True');
    expect(verdict('example.com/v1', 'Widget', { ...ready, observedGeneration: 1 }, { generation: 2 })).toBe(
      'progressing: its controller has not seen the change yet',
    );
    expect(verdict('example.com/v1', 'Widget', ready, { deletionTimestamp: '2026-01-01T00:00:00Z' })).toBe(
      'progressing: being removed',
    );
  });
});
