import { expect, it } from 'vitest';
import { whenAborted } from '../../../src/core/when-aborted.ts';

it('calls all who listen, once, and none who listen no more', () => {
  const stop = new AbortController();
  const called: string[] = [];
  whenAborted(stop.signal, () => called.push('a'));
  const listenNoMore = whenAborted(stop.signal, () => called.push('b'));
  whenAborted(stop.signal, () => called.push('c'));
  listenNoMore();
  stop.abort();
  stop.abort();
  expect(called).toEqual(['a', 'c']);
});

it('lets those who are called take others away', () => {
  const stop = new AbortController();
  const called: string[] = [];
  whenAborted(stop.signal, () => {
    called.push('first');
    whenAborted(stop.signal, () => called.push('too late'));
  });
  stop.abort();
  expect(called).toEqual(['first']);
});
