import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cli, cliOk, startCli } from '../../support/cli.ts';
import { labSuite } from '../../support/lab.ts';
import { figure, long, randomNumbers, seed } from '../../support/trials.ts';
import { type CliApp, environment, openCliApp } from './support/cli-app.ts';
import { faultProxy } from './support/fault-proxy.ts';
import { clusterAt, differences } from './support/kill-matrix.ts';
import { kubectl } from './support/kubectl.ts';
import { manyKinds } from './support/many-kinds.ts';
import { type Snapshot, type Watcher, watcher } from './support/snapshot.ts';

const args = (command: string) => [command, '-e', environment, '--yes'];

labSuite('kubernetes faults', ['kubeconfig', 'kubectl', 'dockerHost', 'registry'], () => {
  let app: CliApp;
  let place: Watcher;
  /** A clone of the workspace that wants something else. */
  let clone: string;
  beforeAll(async () => {
    app = await openCliApp({});
    await app.write(manyKinds(app.name));
    place = watcher(app.namespace);
    clone = await mkdtemp(join(tmpdir(), 'cloudnative-clone-'));
    await cp(app.folder, clone, { recursive: true });
    const manifests = join(clone, 'services/orders/deploy/kubernetes');
    for (const [file, text] of Object.entries(manyKinds(app.name, 'two')))
      await writeFile(join(manifests, file), text);
  });
  afterAll(async () => {
    place.close();
    await kubectl(['delete', 'clusterrole', app.name, '--ignore-not-found']);
    await app.close();
    await rm(clone, { recursive: true });
  });

  test('of two deploys at once the result is wholly that of one', async () => {
    const random = randomNumbers(seed);
    const direct = await app.run();
    const inputs: Snapshot['own'][] = [];
    for (const cwd of [app.folder, clone]) {
      await cliOk(args('deploy'), { ...direct, cwd });
      inputs.push((await place.take()).own);
    }
    expect(differences(inputs[0]!, inputs[1]!).length).toBeGreaterThan(3);
    const trials = long ? 100 : 5;
    const counts = { whole: 0, refused: 0, after: 0 };
    for (let trial = 0; trial < trials; trial++) {
      if (trial % 2) await cliOk(args('destroy'), direct);
      const slow = [20 + random() * 60, random() * 60];
      const ends = await Promise.all(
        [app.folder, clone].map(async (cwd, index) => {
          // Every other time one of them rests for longer than a sign of life takes, once it holds the lock.
          const rests = trial % 2 === index ? 60 + Math.floor(random() * 25) : 0;
          const proxy = await faultProxy(
            (number) => ({ delay: number === rests ? 6000 : random() * slow[index]! }),
            { tls: true },
          );
          const { env } = await app.run({ cluster: clusterAt(proxy) });
          const { child, output } = startCli(args('deploy'), { cwd, env });
          const [code] = (await once(child, 'close')) as [number | null];
          await proxy.close();
          return { code, stderr: output.stderr };
        }),
      );
      const won = ends.filter(({ code }) => code === 0);
      expect(ends.filter(({ code }) => code !== 0 && code !== 8)).toEqual([]);
      expect(won.length).toBeGreaterThan(0);
      if (won.length === 1) counts.refused++;
      else counts.after++;
      const { own } = await place.take();
      const different = inputs.map((input) => differences(input, own));
      if (won.length === 1) expect(different[ends[0]!.code === 0 ? 0 : 1]).toEqual([]);
      expect(different.some((one) => one.length === 0) || different).toBe(true);
      counts.whole++;
    }
    figure(
      'K4',
      `${trials} interleavings of two deploys, ${counts.whole} wholly one of the inputs, ${counts.refused} times the loser was refused with 8, ${counts.after} times it came after the other`,
    );
  }, 3_600_000);

  test('the lock of a killed deploy of another machine is taken over in time, or taken away by hand', async () => {
    const direct = await app.run();
    const lease = `lease/cloudnative.${app.name}.${environment}`;
    const leases = () => kubectl(['get', 'leases', '-n', app.namespace, '-o', 'name']);
    const leaveLock = async () => {
      // One that was never live, also when this is tried again.
      await app.write(manyKinds(app.name, `v${randomUUID()}`));
      const proxy = await faultProxy(
        (_, line) => (/^PATCH (?!.*dryRun)/.test(line) ? { before: () => child.kill('SIGKILL') } : undefined),
        { tls: true },
      );
      const { child } = startCli(args('deploy'), await app.run({ cluster: clusterAt(proxy) }));
      await once(child, 'close');
      await proxy.close();
      // From another machine it cannot be told that the process has gone.
      await kubectl(['annotate', '-n', app.namespace, lease, 'cloudnative.dev/process-']);
    };

    await leaveLock();
    const asked = await cli(['unlock', '-e', environment], direct);
    expect(asked.code).toBe(2);
    expect(asked.stderr).toMatch(
      new RegExp(`${app.name} on staging is locked by \\S+@\\S+ \\(\\d+-\\w+\\) since 20`),
    );
    expect(await leases()).not.toBe('');
    const taken = await cliOk(['unlock', '-e', environment, '--yes', '-o', 'json'], direct);
    expect(JSON.parse(taken.stdout)).toMatchObject({
      ok: true,
      data: { removed: true, held: { who: expect.any(String) } },
    });
    expect(await leases()).toBe('');
    const again = await cliOk(['unlock', '-e', environment, '--yes'], direct);
    expect(again.stderr).toMatch(/is not locked/);

    await leaveLock();
    const killed = performance.now();
    let seconds: number | undefined;
    const proxy = await faultProxy(
      (_, line) => {
        // The first of its own writes.
        if (/^PATCH (?!.*dryRun)/.test(line)) seconds ??= (performance.now() - killed) / 1000;
        return undefined;
      },
      { tls: true },
    );
    const { stderr } = await cliOk(args('deploy'), await app.run({ cluster: clusterAt(proxy) }));
    await proxy.close();
    expect(stderr).toMatch(/is live on staging/);
    figure('K5', `lock of a killed deploy taken over after ${seconds!.toFixed(1)} s, lease 30 s`);
    expect(seconds).toBeLessThan(30 + 5 + 5);
    expect(await leases()).toBe('');
  });
});
