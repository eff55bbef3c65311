import { expect, it } from 'vitest';
import { runsOf } from '../../../../src/targets/kubernetes/observe/log-sources.ts';

const base = { name: 'orders', ready: false, restartCount: 0 };
const terminated = (containerID: string) => ({ terminated: { exitCode: 1, containerID } });

it.each([
  ['nothing before the first start', { ...base, state: { waiting: { reason: 'ContainerCreating' } } }, []],
  ['the running one', { ...base, containerID: 'a', state: { running: {} } }, ['a']],
  ['one that ended', { ...base, containerID: 'a', state: terminated('a') }, ['a ended']],
  [
    'the one before and the running one',
    { ...base, containerID: 'b', state: { running: {} }, lastState: terminated('a') },
    ['a ended previous', 'b'],
  ],
  [
    'two that ended',
    { ...base, containerID: 'b', state: terminated('b'), lastState: terminated('a') },
    ['a ended previous', 'b ended'],
  ],
  [
    // Its id is still the old one's.
    'one that waits to start again',
    {
      ...base,
      containerID: 'b',
      state: { waiting: { reason: 'CrashLoopBackOff' } },
      lastState: terminated('b'),
    },
    ['b ended previous'],
  ],
])('finds %s', (_, status, expected) => {
  const shown = runsOf(status).map(({ id, ended, previous }) =>
    [id, ended && 'ended', previous && 'previous'].filter(Boolean).join(' '),
  );
  expect(shown).toEqual(expected);
});
