import { Chalk } from 'chalk';
import { expect, test } from 'vitest';
import type { ReleaseEntry } from '../../../src/actions/records-of.ts';
import { historyText } from '../../../src/cli/ui/history-text.ts';
import type { Release } from '../../../src/core/release.ts';

const style = {
  colour: new Chalk({ level: 0 }),
  signs: { done: '✓', waiting: '◦', failed: '✗', unchanged: '=' },
};
const now = Date.parse('2026-03-01T12:00:00Z');
const view = (...releases: ReleaseEntry[]) => ({
  app: 'shop',
  environment: 'staging',
  place: 'a test',
  releases,
});
const image = (digit: string) => `r.example.com/shop/orders@sha256:${digit.repeat(64)}`;
const entry = (over: Partial<Release> & Partial<Pick<ReleaseEntry, 'state'>>): ReleaseEntry => ({
  number: 7,
  at: '2026-03-01T10:00:00Z',
  who: 'ada@laptop',
  cause: { action: 'deploy' },
  result: 'deployed',
  state: 'superseded',
  ms: 10_300,
  changes: { create: 0, update: 2, remove: 1, none: 14 },
  services: ['orders'],
  images: [
    { service: 'catalog', image: image('c') },
    { service: 'orders', image: image('4') },
  ],
  ...over,
});

test('a row for each release, with its images and its failure under it', () => {
  const text = historyText(
    view(
      entry({ number: 9, at: '2026-03-01T11:58:00Z', state: 'live', cause: { action: 'rollback', to: 7 } }),
      entry({
        number: 8,
        at: '2026-03-01T11:50:00Z',
        who: 'octo (GitHub run 4711)',
        result: 'failed',
        state: 'failed',
        reason: 'orders cannot start: its container exits with code 1 (twice), and this goes on for long',
        changes: { create: 1, update: 2, remove: 0, none: 14 },
        services: ['catalog', 'orders'],
      }),
      entry({}),
      entry({
        number: 6,
        result: 'pending',
        state: 'interrupted',
        ms: undefined,
        services: [],
        changes: { create: 1, update: 0, remove: 0, none: 0 },
      }),
    ),
    style,
    now,
  );
  expect(text).toBe(`shop on staging (a test)

  release  when   who                   result       took   what
  9        2m0s   ada@laptop            live         10.3s  ~2 -1
           rollback to 7  orders sha256:444444444444
  8        10m0s  octo (GitHub run 47…  failed       10.3s  +1 ~2
           catalog sha256:cccccccccccc  orders sha256:444444444444
           orders cannot start: its container exits with code 1 (twice), and th…
  7        2h0m   ada@laptop            superseded   10.3s  ~2 -1
           orders sha256:444444444444
  6        2h0m   ada@laptop            interrupted         +1
`);
});

test('fits 80 columns, whatever is in it, and lets no escape sequence through', () => {
  const services = Array.from({ length: 12 }, (_, index) => `a-rather-long-service-name-${index}`);
  const counts = { create: 1000, update: 1000, remove: 100, none: 0 };
  const text = historyText(
    view(
      entry({
        number: 123456,
        who: '\u001b[31mvery-long-user-name-of-somebody@a-very-long-host-name',
        state: 'interrupted',
        ms: 3_599_000,
        changes: counts,
        services,
        images: services.map((service) => ({ service, image: image('a') })),
      }),
      entry({ result: 'failed', state: 'failed', reason: `\u001b]0;title\u0007${'x'.repeat(200)}\nmore` }),
    ),
    style,
    now,
  );
  expect(text).not.toContain('\u001b');
  for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  for (const service of services) expect(text).toContain(`${service} sha256:aaaaaaaaaaaa`);
});

test('says that there are none', () => {
  expect(historyText(view(), style, now)).toBe('shop on staging (a test)\n\n  no releases yet\n');
});

test('a damaged one has a row without what is not known of it', () => {
  const damaged = {
    number: 8,
    result: 'damaged',
    state: 'damaged',
    reason: 'its summary cannot be read',
  } as const;
  expect(historyText(view(damaged, entry({})), style, now)).toMatch(
    /^ {2}8 +damaged *\n {11}its summary cannot be read\n {2}7 +2h0m/m,
  );
});
