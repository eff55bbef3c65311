import { expect, it } from 'vitest';
import { before, inTime } from '../../../src/engine/deadline.ts';

const never = new AbortController().signal;
const soon = () => performance.now() + 20;

it('gives what the work gives, and nothing where the deadline comes first', async () => {
  expect(await before(soon() + 10_000, never, async () => 'done')).toBe('done');
  expect(await before(soon(), never, () => new Promise(() => undefined))).toBeUndefined();
});

it('tells the work that its time is over', async () => {
  let told: AbortSignal | undefined;
  await before(soon(), never, (signal) => {
    told = signal;
    return new Promise(() => undefined);
  });
  expect(told?.aborted).toBe(true);
});

it('passes on why everything ends', async () => {
  const stop = new AbortController();
  const work = before(soon() + 10_000, stop.signal, () => new Promise(() => undefined));
  stop.abort(new Error('stopped by hand'));
  await expect(work).rejects.toThrow('stopped by hand');
});

it('lets many requests of one work listen, and warns of none', async () => {
  const warnings: Error[] = [];
  const note = (warning: Error) => void warnings.push(warning);
  process.on('warning', note);
  await inTime(10_000, { doing: 'planning', signal: never }, async (signal) => {
    for (let request = 0; request < 50; request++) signal.addEventListener('abort', () => undefined);
    await new Promise((resolve) => setImmediate(resolve)); // warnings come a tick later
  });
  process.off('warning', note);
  expect(warnings).toEqual([]);
});
