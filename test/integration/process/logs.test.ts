import { appendFileSync, readFileSync, statSync, truncateSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { get } from './get.ts';
import { createPlace, failure, kill, type Place, until } from './place.ts';

let place: Place;
beforeEach(async () => {
  place = await createPlace({ stopGrace: 1500, logBytes: 20_000 });
});
afterEach(() => place.dispose());

describe('logs', () => {
  it('gives the last lines of each service, whole characters and all', async () => {
    await place.deploy({ orders: {}, catalog: {} });
    await say('orders', 'größe 😀');
    const lines = await tail(['orders', 'catalog'], 1);
    expect(lines).toEqual([
      { service: 'orders', instance: 'orders', text: 'größe 😀' },
      { service: 'catalog', instance: 'catalog', text: `listening on ${place.port('catalog')}` },
    ]);
    expect(await tail(['orders'], 0)).toEqual([]);
    expect((await tail(['orders'], 100)).map(({ text }) => text)).toEqual([
      expect.stringMatching(/^start pid=/),
      `listening on ${place.port('orders')}`,
      'größe 😀',
    ]);
  });

  it('follows over a crash and a new start', async () => {
    await place.deploy({ orders: {} });
    const following = follow('orders');
    await following.until('größe');
    await get(`http://127.0.0.1:${place.port('orders')}/crash`).catch(() => undefined);
    await until(
      'two starts are seen',
      () => following.lines.filter((line) => line.startsWith('start')).length === 2,
    );
    await following.end();
  });

  it('follows over the move of a log that has grown, without losing or doubling a line', async () => {
    await place.deploy({ orders: {} });
    const following = follow('orders');
    await until('it follows', () => following.lines.length > 0);
    const log = place.paths.log('orders');
    for (let number = 0; number < 600; number++) {
      appendFileSync(log, `${String(number).padStart(4, '0')} ${'.'.repeat(80)}\n`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    await until('the last one is seen', () => following.lines.some((line) => line.startsWith('0599')));
    await following.end();
    const numbers = following.lines.flatMap((line) => /^\d{4}/.exec(line)?.[0] ?? []).map(Number);
    expect(numbers).toEqual(Array.from({ length: 600 }, (_, number) => number));
    expect(statSync(`${log}.1`).size).toBeGreaterThan(20_000);
    expect((await tail(['orders'], 400)).map(({ text }) => text.slice(0, 4))).toEqual(
      Array.from({ length: 400 }, (_, number) => String(number + 200).padStart(4, '0')),
    );
  });

  it('follows a log that somebody empties', async () => {
    await place.deploy({ orders: {} });
    const following = follow('orders');
    await until('it follows', () => following.lines.length > 1);
    truncateSync(place.paths.log('orders'));
    await say('orders', 'after');
    await until('it goes on', () => following.lines.at(-1) === 'after');
    await following.end();
  });

  it('ends at once when it is interrupted', async () => {
    await place.deploy({ orders: {} });
    const following = follow('orders');
    await until('it follows', () => following.lines.length > 0);
    const started = Date.now();
    await following.end();
    expect(Date.now() - started).toBeLessThan(1000);
  });

  it('of a service that is not deployed is an error, but not beside one that is', async () => {
    expect(await failure(tail(['orders', 'catalog'], 10))).toMatchObject({
      code: 'E_NOT_DEPLOYED',
      exit: 'notFound',
      message: 'orders, catalog are not deployed to local',
    });
    await place.deploy({ orders: {} });
    expect((await tail(['orders', 'catalog'], 10)).length).toBeGreaterThan(0);
  });
});

describe('a log', () => {
  it('stays within its limit while a process writes without end', async () => {
    await place.deploy({ orders: { env: { MODE: 'chatty' } } });
    const log = place.paths.log('orders');
    const moves = new Set<number>();
    await until('it was moved three times', () => {
      expect(statSync(log).size).toBeLessThan(10_000_000);
      const kept = statSync(`${log}.1`, { throwIfNoEntry: false });
      if (kept) moves.add(kept.mtimeMs);
      return moves.size === 3;
    });
    // The process still appends to the emptied file, at its beginning.
    const content = readFileSync(log);
    expect(content.includes(0)).toBe(false);
    expect(statSync(log).mode & 0o777).toBe(0o600);
  });

  it('goes on growing when the supervisor is dead', async () => {
    await place.deploy({ orders: {} });
    await kill(place.supervisor().pid);
    await say('orders', 'alone');
    expect((await tail(['orders'], 1))[0]!.text).toBe('alone');
  });

  it('is neutralised in a diagnosis and keeps no line of an earlier start', async () => {
    await place.deploy({ orders: {} });
    await say('orders', 'of the first start');
    const explanation = await failure(place.deploy({ orders: { env: { MODE: 'crash' } } }));
    expect(explanation.why).toContain('DATABASE_URL is not set');
    expect(JSON.stringify(explanation.why)).not.toMatch(/\\u001b|first start/);
  });
});

async function say(service: string, text: string): Promise<void> {
  await get(`http://127.0.0.1:${place.port(service)}/say/${encodeURIComponent(text)}`);
  await until(`the log has ${text}`, () => readFileSync(place.paths.log(service), 'utf8').includes(text));
}

async function tail(services: string[], count: number) {
  const lines = [];
  const { signal } = new AbortController();
  for await (const line of place.target.logs(services, { follow: false, tail: count }, signal))
    lines.push(line);
  return lines;
}

function follow(service: string) {
  const stop = new AbortController();
  const lines: string[] = [];
  const done = (async () => {
    for await (const { text } of place.target.logs([service], { follow: true, tail: 10 }, stop.signal))
      lines.push(text);
  })();
  return {
    lines,
    async until(text: string) {
      await say(service, text);
      await until(`${text} is followed`, () => lines.includes(text));
    },
    async end() {
      stop.abort();
      await done;
    },
  };
}
