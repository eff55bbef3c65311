import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planCommand } from '../../../src/plan/plan-command.ts';
import { readSavedPlan } from '../../../src/plan/read-saved-plan.ts';
import type { PlanRequest, SavedPlan } from '../../../src/plan/saved-plan.ts';

const saved: SavedPlan = {
  format: 'cloudnative-plan',
  version: 1,
  app: 'shop',
  environment: 'staging',
  place: 'kubernetes, context lab, namespace shop',
  made: { at: '2026-01-02T03:04:05.000Z', by: 'ada@laptop' },
  asked: {
    services: ['orders'],
    environment: 'staging',
    forceConflicts: ['Deployment/orders'],
    replace: [],
    pruneKind: [],
    pullSecret: true,
  },
  salt: '0f'.repeat(32),
  placeId: 'p-1',
  artifacts: { orders: 'registry.example.com/shop/orders@sha256:1' },
  changes: [
    {
      id: 'Deployment/orders',
      action: 'update',
      fields: [
        { path: 'spec.replicas', before: '1', after: '2' },
        { path: 'data.x', secret: true },
      ],
      note: 'changed by hand',
      service: 'orders',
      after: ['ConfigMap/orders'],
      basis: { uid: 'u-1', wanted: 'aa', found: 'bb' },
    },
    { id: 'ConfigMap/orders', action: 'create', fields: [], after: [], basis: { wanted: 'cc' } },
    { id: 'ConfigMap/record', action: 'update', fields: [], after: [], bookkeeping: true },
  ],
};
const text = JSON.stringify(saved);

describe('a saved plan', () => {
  it('is read as it was written, without what is not known', () => {
    expect(readSavedPlan(text)).toEqual(saved);
    expect(readSavedPlan(JSON.stringify({ ...saved, later: 1 }))).toEqual(saved);
  });

  const refused: [string, unknown, string, RegExp][] = [
    ['nothing', '', 'damaged', /not JSON/],
    ['no JSON', 'TOKEN=canary', 'damaged', /^it is not JSON, or a part of it is missing$/],
    ['another document', '{"apiVersion": "v1", "kind": "List"}', 'foreign', /format is missing/],
    ['a list', [], 'foreign', /no JSON object/],
    ['what -o json prints', { version: 1, command: 'plan', ok: true, data: {} }, 'foreign', /--out/],
    ['a newer version', { ...saved, version: 2 }, 'version', /version is 2; this program knows version 1/],
    ['no version', { ...saved, version: undefined }, 'version', /version is missing/],
    ['no changes', { ...saved, changes: undefined }, 'damaged', /changes is missing, not a list/],
    ['a change twice', { ...saved, changes: [saved.changes[1], saved.changes[1]] }, 'damaged', /twice/],
    ['an unknown action', edited({ action: 'explode' }), 'damaged', /changes\[0\]\.action is "explode"/],
    ['a change without hashes', edited({ basis: undefined }), 'damaged', /changes\[0\]\.basis is missing/],
    ['a field without a path', edited({ fields: [{}] }), 'damaged', /changes\[0\]\.fields\[0\]\.path/],
    ['no salt', { ...saved, salt: '' }, 'damaged', /salt/],
    ['services that are no list', { ...saved, asked: { services: 'orders' } }, 'damaged', /asked\.services/],
    ['a number for an image', { ...saved, artifacts: { orders: 1 } }, 'damaged', /artifacts\.orders/],
  ];
  it.each(refused)('is refused with what is wrong: %s', (_, document, kind, why) => {
    const read = readSavedPlan(typeof document === 'string' ? document : JSON.stringify(document));
    expect(read).toMatchObject({ kind, why: expect.stringMatching(why) });
  });

  it('is refused wherever it was cut off', () => {
    fc.assert(
      fc.property(fc.nat(text.length - 1), (end) => {
        expect(readSavedPlan(text.slice(0, end))).toMatchObject({ kind: 'damaged' });
      }),
    );
  });

  it('never breaks the program, whatever takes the place of a part of it', () => {
    const paths = pathsOf(saved);
    fc.assert(
      fc.property(fc.constantFrom(...paths), fc.jsonValue(), (path, value) => {
        const read = readSavedPlan(JSON.stringify(withValue(saved, path, value)));
        if ('kind' in read) expect(read.why).not.toBe('');
        else expect(read.changes.every(({ bookkeeping, basis }) => bookkeeping || basis)).toBe(true);
      }),
    );
  });
});

describe('the command that makes a plan anew', () => {
  const none = { services: [], forceConflicts: [], replace: [], pruneKind: [], pullSecret: false };
  const cases: [PlanRequest, string][] = [
    [
      saved.asked,
      'cloudnative plan orders -e staging --force-conflicts Deployment/orders --pull-secret --out p.json',
    ],
    [
      { ...none, manifests: 'my k8s', recursive: true, app: 'blog', namespace: 'b', context: 'c' },
      "cloudnative plan --manifests 'my k8s' -R --app blog -n b --context c --out p.json",
    ],
    [
      { ...none, environment: 'local', replace: ['Job/a', 'Job/b'], pruneKind: ['Namespace'] },
      'cloudnative plan -e local --replace Job/a --replace Job/b --prune-kind Namespace --out p.json',
    ],
  ];
  it.each(cases)('says all that the plan depends on: %o', (asked, command) => {
    expect(planCommand(asked, 'p.json')).toBe(command);
  });

  it('quotes a file for the shell', () => {
    expect(planCommand({ ...none, environment: 'e' }, "it's.json")).toMatch(/--out 'it'\\''s\.json'$/);
  });
});

function edited(first: object): object {
  return { ...saved, changes: [{ ...saved.changes[0], ...first }, ...saved.changes.slice(1)] };
}

type Path = (string | number)[];

function pathsOf(value: unknown, at: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [at];
  const keys = Array.isArray(value) ? value.map((_, index) => index) : Object.keys(value);
  const own = at.length > 0 ? [at] : [];
  return [...own, ...keys.flatMap((key) => pathsOf((value as Record<string, unknown>)[key], [...at, key]))];
}

function withValue(document: object, path: Path, value: unknown): object {
  const copy = structuredClone(document) as Record<string | number, unknown>;
  let holder = copy;
  for (const key of path.slice(0, -1)) holder = holder[key] as Record<string | number, unknown>;
  holder[path.at(-1)!] = value;
  return copy;
}
