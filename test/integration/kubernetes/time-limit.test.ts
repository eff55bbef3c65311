import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cliOk, startCli } from '../../support/cli.ts';
import { labSuite } from '../../support/lab.ts';
import { figure, long } from '../../support/trials.ts';
import { type CliApp, environment, openCliApp } from './support/cli-app.ts';
import { type Fault, faultProxy } from './support/fault-proxy.ts';
import { gateManifest } from './support/gate.ts';
import { clusterAt } from './support/kill-matrix.ts';
import { plainCluster } from './support/kubeconfig.ts';
import { manyKinds } from './support/many-kinds.ts';
import { isWatch } from './support/watch-faults.ts';

/** Seconds. */
const limit = long ? 10 : 6;
const isApply = (line: string) => /^PATCH (?!.*dryRun=All)/.test(line);

labSuite('kubernetes faults', ['kubeconfig', 'kubectl', 'dockerHost', 'registry'], () => {
  let app: CliApp;
  beforeAll(async () => {
    app = await openCliApp({});
    const { 'cluster.yaml': _, ...kinds } = manyKinds(app.name);
    await app.write({ ...kinds, 'gate.yaml': gateManifest('orders') });
    // Once, so that the image is there.
    await cliOk(['deploy', '-e', environment, '--yes', '--no-wait'], await app.run());
  });
  afterAll(() => app.close());

  /** How a deploy ends against a server that hangs as it is told from the first request on that it is told for. */
  const deployAgainst = async (fault: (number: number, line: string) => Fault | undefined) => {
    let first = Number.NaN;
    const proxy = await faultProxy(
      (number, line) => {
        if (number === 1) first = performance.now();
        return fault(number, line);
      },
      { tls: true },
    );
    const result = await ended(await app.run({ cluster: clusterAt(proxy) }), () => first);
    await proxy.close();
    return result;
  };
  const ended = async (run: { cwd: string; env: Record<string, string> }, from: () => number) => {
    const args = ['deploy', '-e', environment, '--yes', '--timeout', `${limit}s`];
    const started = performance.now();
    const { child, output } = startCli(args, run);
    const [code] = (await once(child, 'close')) as [number | null];
    const now = performance.now();
    // A slow machine takes its time to start the program: the limit is for what it does then.
    return { code, whole: (now - started) / 1000, seconds: (now - from()) / 1000, stderr: output.stderr };
  };
  const from = (isFirst: (line: string) => boolean, fault: Fault) => {
    let begun = false;
    return (_: number, line: string) => {
      begun ||= isFirst(line);
      return begun ? fault : undefined;
    };
  };

  test('the time limit holds whatever hangs', async () => {
    let accepted = Number.NaN;
    const silent = createServer(() => {
      accepted ||= performance.now();
    });
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as AddressInfo;
    const cases = {
      'while planning, the head of an answer': deployAgainst((number) => (number > 6 ? 'hang' : undefined)),
      'while planning, its body': deployAgainst((number) => (number > 6 ? 'hang-body' : undefined)),
      'a write, the head of its answer': deployAgainst(
        from((line) => line.includes('/leases') && line.startsWith('POST'), 'hang'),
      ),
      'a write, its body': deployAgainst(from(isApply, 'hang-body')),
      'the watches': deployAgainst((_, line) =>
        isWatch(line.split(' ')[1]!) ? { watch: 'deaf' } : undefined,
      ),
      'all, once it waits': deployAgainst(from((line) => isWatch(line.split(' ')[1]!), 'hang')),
    };
    const connect = await ended(
      await app.run({ cluster: plainCluster(`http://127.0.0.1:${port}`) }),
      () => accepted,
    );
    silent.close();
    expect([7, 9], connect.stderr).toContain(connect.code);
    expect(connect.seconds).toBeLessThan(limit + 2);
    const ends: string[] = [`the connection ${connect.seconds.toFixed(1)} s`];
    for (const [name, running] of Object.entries(cases)) {
      const { code, whole, seconds, stderr } = await running;
      ends.push(`${name} ${seconds.toFixed(1)} s`);
      expect({ name, code, stderr }).toEqual({ name, code: 7, stderr: expect.stringContaining('E_TIMEOUT') });
      expect(whole, name).toBeGreaterThan(limit);
      expect(seconds, name).toBeLessThan(limit + 2 + 1);
    }
    figure('W5', `--timeout ${limit}s with what hangs: ${ends.join(', ')}`);
  });
});
