import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ItemService, type Recorder } from '../../src/service/items.ts';
import { requestContext } from '../support/context.ts';

describe('ItemService', () => {
  it('stores what it creates', async () => {
    const service = new ItemService();
    const item = await service.create({ name: 'lamp', quantity: 2 }, requestContext());
    assert.deepEqual(service.get(item.id), item);
    assert.deepEqual(item.recordedBy, []);
    assert.ok(Date.now() - Date.parse(item.createdAt) < 5000);
  });

  it('says that an id is not known', () => {
    assert.throws(() => new ItemService().get('none'), { code: 'not_found' });
  });

  it('lists the newest 100 first', async () => {
    const service = new ItemService();
    for (let n = 1; n <= 101; n += 1) {
      await service.create({ name: `item ${n}`, quantity: 1 }, requestContext());
    }
    const names = service.list().map((item) => item.name);
    assert.equal(names.length, 100);
    assert.deepEqual([names.at(0), names.at(-1)], ['item 101', 'item 2']);
  });

  it('drops the oldest item after 10 000', async () => {
    const service = new ItemService();
    const oldest = await service.create({ name: 'oldest', quantity: 1 }, requestContext());
    const second = await service.create({ name: 'second', quantity: 1 }, requestContext());
    for (let n = 2; n <= 10_000; n += 1) {
      await service.create({ name: 'later', quantity: 1 }, requestContext());
    }
    assert.throws(() => service.get(oldest.id), { code: 'not_found' });
    assert.equal(service.get(second.id).name, 'second');
  });

  it('records an item with every recorder, in order', async () => {
    const calls: string[] = [];
    const recorder = (name: string): Recorder => ({
      name,
      record: async (item) => void calls.push(`${name} ${item.name} ${item.quantity}`),
    });
    const service = new ItemService([recorder('first'), recorder('second')]);
    const item = await service.create({ name: 'lamp', quantity: 2 }, requestContext());
    assert.deepEqual(calls, ['first lamp 2', 'second lamp 2']);
    assert.deepEqual(item.recordedBy, ['first', 'second']);
  });

  it('stores nothing when a recorder fails', async () => {
    const failing: Recorder = { name: 'failing', record: () => Promise.reject(new Error('no')) };
    const service = new ItemService([failing]);
    await assert.rejects(service.create({ name: 'lamp', quantity: 2 }, requestContext()));
    assert.deepEqual(service.list(), []);
  });
});
