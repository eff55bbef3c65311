import { once } from 'node:events';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cli, cliOk, startCli } from '../../support/cli.ts';
import { labSuite } from '../../support/lab.ts';
import { figure, long, quantile, randomNumbers, seed } from '../../support/trials.ts';
import { type CliApp, environment, openCliApp } from './support/cli-app.ts';
import { type FaultProxy, faultProxy } from './support/fault-proxy.ts';
import { clusterAt, differences } from './support/kill-matrix.ts';
import { kubectl } from './support/kubectl.ts';
import { manyKinds } from './support/many-kinds.ts';
import { type Watcher, watcher } from './support/snapshot.ts';

const codes = { SIGINT: 130, SIGTERM: 143 } as const;
const args = (command: string) => [command, '-e', environment, '--yes'];

labSuite('kubernetes faults', ['kubeconfig', 'kubectl', 'dockerHost', 'registry'], () => {
  let app: CliApp;
  let place: Watcher;
  beforeAll(async () => {
    app = await openCliApp({});
    await app.write(manyKinds(app.name));
    place = watcher(app.namespace);
  });
  afterAll(async () => {
    place.close();
    await kubectl(['delete', 'clusterrole', app.name, '--ignore-not-found']);
    await app.close();
  });

  /** A run that gets the signal when its nth request arrives; its exit code and how long that took. */
  const signalled = async (
    command: string,
    number: number,
    send: (kill: (signal: NodeJS.Signals) => void) => void,
    proxyFault: 'hang' | undefined,
  ) => {
    let sent = Number.NaN;
    const proxy: FaultProxy = await faultProxy(
      (count) => {
        if (count === number) {
          sent = performance.now();
          send((signal) => child.kill(signal));
        }
        return count >= number ? proxyFault : undefined;
      },
      { tls: true },
    );
    const { child, output } = startCli(args(command), await app.run({ cluster: clusterAt(proxy) }));
    const [code] = (await once(child, 'close')) as [number | null];
    await proxy.close();
    return { code, ms: performance.now() - sent, stderr: output.stderr };
  };

  test('a signal at any moment leaves what the next run completes', async () => {
    const random = randomNumbers(seed);
    const direct = await app.run();
    await cliOk(args('deploy'), direct);
    const whole = (await place.take()).own;
    await cliOk(args('destroy'), direct);
    const trials = long ? 50 : 8;
    const times: number[] = [];
    let completed = 0;
    for (let trial = 0; trial < trials; trial++) {
      const signal = random() < 0.5 ? 'SIGINT' : 'SIGTERM';
      const command = trial % 2 ? 'destroy' : 'deploy';
      const number = 1 + Math.floor(random() * (command === 'deploy' ? 90 : 80));
      const { code, ms, stderr } = await signalled(command, number, (kill) => kill(signal), undefined);
      expect({ code, stderr }).toEqual({ code: codes[signal], stderr: expect.any(String) });
      times.push(ms);
      expect(await cli(args(command), direct)).toMatchObject({ code: 0 });
      expect(differences(command === 'deploy' ? whole : {}, (await place.take()).own)).toEqual([]);
      completed++;
    }
    figure(
      'K3',
      `${trials} signals at random requests, ${completed} completed by the next run, exit after ${Math.round(quantile(times, 0.5))} ms (slowest ${Math.round(Math.max(...times))})`,
    );
    expect(Math.max(...times)).toBeLessThan(5000);
  }, 1_200_000);

  test('a signal ends a run although the server does not answer; a second one at once', async () => {
    const one = await signalled('deploy', 40, (kill) => kill('SIGINT'), 'hang');
    expect(one).toMatchObject({ code: 130 });
    expect(one.ms).toBeLessThan(5000);
    const two = await signalled(
      'deploy',
      40,
      (kill) => {
        kill('SIGTERM');
        setTimeout(() => kill('SIGTERM'), 20);
      },
      'hang',
    );
    // Null: it was ending already, and no longer listened.
    expect([143, null]).toContain(two.code);
    expect(two.ms).toBeLessThan(1000);
    figure(
      'K3',
      `server hangs: exit after ${Math.round(one.ms)} ms, with a second signal ${Math.round(two.ms)} ms`,
    );
    expect(await cli(args('deploy'), await app.run())).toMatchObject({ code: 0 });
  });
});
