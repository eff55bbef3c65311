import { describe, expect, it } from 'vitest';
import type { Built } from './harness/build.ts';
import { createItem, json, send } from './harness/http.ts';
import { stageForSuite } from './harness/stage.ts';

export function itemTests(built: () => Built): void {
  describe('items', () => {
    const stage = stageForSuite(built);
    const url = () => stage().service.url;

    it('are created', async () => {
      const answer = await createItem(url(), { name: 'lamp', quantity: 2 });
      expect(answer.status).toBe(201);
      expect(answer.headers['content-type']).toMatch(/^application\/json\b/);
      const item = answer.json();
      expect(item).toEqual({
        id: expect.any(String),
        name: 'lamp',
        quantity: 2,
        createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/),
        recordedBy: ['catalog', 'stock-room'],
      });
      expect(Math.abs(Date.now() - Date.parse(item.createdAt))).toBeLessThan(10_000);
      expect(answer.headers.location).toBe(`/v1/items/${item.id}`);
    });

    it('are found under their location', async () => {
      const created = await createItem(url(), { name: 'chair', quantity: 1000 });
      const found = await send(`${url()}${created.headers.location}`);
      expect(found.status).toBe(200);
      expect(found.json()).toEqual(created.json());
    });

    it('are listed, the newest first', async () => {
      for (const name of ['first', 'second', 'third']) await createItem(url(), { name, quantity: 1 });
      const answer = await send(`${url()}/v1/items`);
      expect(answer.status).toBe(200);
      expect(Object.keys(answer.json())).toEqual(['items']);
      const names = answer.json().items.map((item: { name: string }) => item.name);
      expect(names.slice(0, 3)).toEqual(['third', 'second', 'first']);
    });

    it.each([
      ['1 character', 'x'],
      ['100 characters', 'x'.repeat(100)],
      ['100 characters of two bytes', 'é'.repeat(100)],
      ['100 characters of four bytes', '\u{1f4a1}'.repeat(100)],
    ])('may have a name of %s', async (_, name) => {
      const answer = await createItem(url(), { name, quantity: 1 });
      expect(answer.status).toBe(201);
      expect(answer.json().name).toBe(name);
    });

    it('may come with a charset', async () => {
      const headers = { 'content-type': 'application/json; charset=utf-8' };
      expect((await createItem(url(), { name: 'lamp', quantity: 1 }, { headers })).status).toBe(201);
    });

    it('may come in a body of 64 KiB', async () => {
      const body = JSON.stringify({ name: 'lamp', quantity: 1 }).padEnd(64 * 1024, ' ');
      const answer = await send(`${url()}/v1/items`, { method: 'POST', headers: json, body });
      expect(answer.status).toBe(201);
    });
  });
}
