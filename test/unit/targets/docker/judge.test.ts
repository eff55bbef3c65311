import { describe, expect, it } from 'vitest';
import type { ContainerInspect } from '../../../../src/system/docker-engine.ts';
import { containerWatch } from '../../../../src/targets/docker/container-watch.ts';
import { judge } from '../../../../src/targets/docker/judge.ts';

const container = (State: object, RestartCount = 0): ContainerInspect =>
  ({
    Id: 'c1',
    RestartCount,
    State: { Status: 'running', Running: true, StartedAt: '2026-01-01T00:00:00Z', ...State },
    Config: { Labels: { 'cloudnative.dev/admin-port': '9100' }, Env: ['HTTP_PORT=8080'] },
    NetworkSettings: {
      Ports: {
        '8080/tcp': [{ HostIp: '127.0.0.1', HostPort: '41080' }],
        '9100/tcp': [{ HostIp: '127.0.0.1', HostPort: '41081' }],
      },
    },
  }) as unknown as ContainerInspect;
const health = (Status: string, Output = '') => ({
  Health: { Status, Log: [{ Output, ExitCode: 1, End: '2026-01-01T00:00:01Z' }] },
});
const look = (found: ContainerInspect, runningFor = 0, unhealthyForGood = true) =>
  judge(found, { runningFor, unhealthyForGood });

describe('a container', () => {
  it.each([
    ['healthy', look(container(health('healthy'))), 'ready', /passes/],
    [
      'starting',
      look(container(health('starting', 'refused\nmore'))),
      'progressing',
      /not passed yet: refused$/,
    ],
    ['unhealthy', look(container(health('unhealthy', 'HTTP 503\u001b[31m'))), 'failed', /fails: HTTP 503$/],
    ['unhealthy only now', look(container(health('unhealthy')), 0, false), 'progressing', /fails/],
    ['new without a check', look(container({}), 500), 'progressing', /0\.5s/],
    ['steady without a check', look(container({}), 2_000), 'ready', /without a health check/],
    ['paused', look(container({ Paused: true })), 'failed', /paused/],
    ['created', look(container({ Status: 'created', Running: false })), 'progressing', /starting/],
    [
      'stopped',
      look(container({ Status: 'exited', Running: false, ExitCode: 7 })),
      'failed',
      /exits with code 7$/,
    ],
    [
      'out of memory',
      look(container({ Status: 'exited', Running: false, OOMKilled: true })),
      'failed',
      /memory/,
    ],
    [
      'crashed once',
      look(container({ Restarting: true, ExitCode: 3 }, 1)),
      'progressing',
      /code 3 \(twice\); it is started again/,
    ],
    ['crashing', look(container({ Restarting: true, ExitCode: 3 }, 2)), 'failed', /code 3 \(3 times\)/],
  ])('%s', (_, verdict, readiness, reason) => {
    expect(verdict).toMatchObject({ readiness, reason: expect.stringMatching(reason) });
  });

  it('tells its addresses when it is ready', () => {
    expect(look(container(health('healthy'))).detail).toBe('http://127.0.0.1:41080  admin :41081');
  });
});

describe('watching', () => {
  it('counts only checks that failed after the first look, unless the container is new', () => {
    const watch = containerWatch();
    const failing = (...seconds: number[]) =>
      container({
        Health: {
          Status: 'unhealthy',
          Log: seconds.map((second) => ({ ExitCode: 1, Output: '', End: `2026-01-01T00:00:0${second}Z` })),
        },
      });
    expect(watch(failing(1, 2), 'create').unhealthyForGood).toBe(true);
    expect(watch(failing(1, 2), 'update').unhealthyForGood).toBe(false);
    expect(watch(failing(1, 2, 3), 'update').unhealthyForGood).toBe(false);
    expect(watch(failing(2, 3, 4), 'update').unhealthyForGood).toBe(true);
  });

  it('trusts the engine’s clock only for what was not touched', () => {
    const watch = containerWatch();
    expect(watch(container({}), 'none').runningFor).toBeGreaterThan(10_000);
    expect(watch(container({}), 'create').runningFor).toBeLessThan(1_000);
    expect(watch(container({ Restarting: true }), 'none').runningFor).toBe(0);
  });
});
