import { Agent } from 'node:http';
import { expect, it } from 'vitest';
import type { Built } from './harness/build.ts';
import { createItem, send } from './harness/http.ts';
import { runProgram } from './harness/program.ts';
import { stageForTest } from './harness/stage.ts';

/** What is different, or cheaper to see, without called services. */
export function aloneTests(built: () => Built): void {
  it('records items with nobody', async () => {
    const { service, callee } = await stageForTest(built());
    const answer = await createItem(service.url, { name: 'lamp', quantity: 1 });
    expect(answer.status).toBe(201);
    expect(answer.json().recordedBy).toEqual([]);
    expect(callee.received).toEqual([]);
  });

  it('has no addresses in its configuration', async () => {
    const { code, stdout } = await runProgram(built(), {}, ['--print-config']);
    expect(code).toBe(0);
    expect(Object.keys(JSON.parse(stdout)).filter((name) => /_URL$|^CALL_/.test(name))).toEqual([]);
  });

  it('lists at most 100 items and keeps at most 10 000, dropping the oldest', {
    timeout: 180_000,
  }, async () => {
    const { service } = await stageForTest(built(), { settings: { LOG_LEVEL: 'error' } });
    const agent = new Agent({ keepAlive: true, maxSockets: 16 });
    const create = (name: string) => createItem(service.url, { name, quantity: 1 }, { agent });
    const oldest = await create('oldest');
    const second = await create('second');
    for (let round = 0; round < 100; round += 1) {
      const count = round === 0 ? 99 : 100;
      const answers = await Promise.all(Array.from({ length: count }, () => create('later')));
      expect(answers.filter((answer) => answer.status !== 201)).toEqual([]);
    }
    expect((await send(`${service.url}${oldest.headers.location}`)).status).toBe(404);
    expect((await send(`${service.url}${second.headers.location}`)).status).toBe(200);
    expect((await send(`${service.url}/v1/items`)).json().items).toHaveLength(100);
    agent.destroy();
  });
}
