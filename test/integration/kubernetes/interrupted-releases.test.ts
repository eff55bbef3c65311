import { afterEach, beforeEach, expect, test } from 'vitest';
import { Cancelled } from '../../../src/core/errors.ts';
import { isSound, releaseStates } from '../../../src/core/release.ts';
import type { Target } from '../../../src/targets/target.ts';
import { labSuite } from '../../support/lab.ts';
import { type App, changed, destroy, openApp, openTarget } from './support/app.ts';
import { type Fault, faultProxy } from './support/fault-proxy.ts';
import { plainCluster, writeKubeconfig } from './support/kubeconfig.ts';
import { kubectl } from './support/kubectl.ts';
import { deploy, rollback } from './support/releases.ts';

const image =
  'nowhere.invalid/orders@sha256:0000000000000000000000000000000000000000000000000000000000000000';
const writes = /^(PATCH|POST|PUT|DELETE) (?!.*dryRun=All)/;

labSuite('kubernetes target', ['kubeconfig', 'kubectl'], () => {
  let app: App;
  beforeEach(async () => {
    app = await openApp();
  });
  afterEach(() => app.close());

  const service = (value: string, ...more: string[]) =>
    app.service('orders', {
      image,
      files: {
        'a.yaml': ['a', ...more]
          .map(
            (name) => `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\ndata: {KEY: "${value}"}\n`,
          )
          .join('---\n'),
      },
    });
  const maps = async () => {
    const args = ['get', 'configmap', '-n', app.namespace, '-l', 'cloudnative.dev/service', '-o', 'json'];
    const { items } = JSON.parse(await kubectl(args)) as {
      items: { metadata: { name: string }; data: { KEY: string } }[];
    };
    return Object.fromEntries(items.map(({ metadata, data }) => [metadata.name, data.KEY]));
  };
  const secrets = async () =>
    (await kubectl(['get', 'secrets', '-n', app.namespace, '-o', 'name'])).split('\n').filter(Boolean);

  /**
   * A run that dies at its nth write: that one and all after it fail, as for a program that was killed, which also cannot say goodbye.
   * `nth` 1 is the lock's. False when it had fewer.
   */
  const killedAt = async (
    nth: number,
    fault: Fault,
    run: (target: Target, signal: AbortSignal) => Promise<unknown>,
  ) => {
    const stop = new AbortController();
    let count = 0;
    const proxy = await faultProxy((_, line) => {
      if (stop.signal.aborted) return 'reset';
      if (!writes.test(line) || ++count !== nth) return undefined;
      setImmediate(() => stop.abort(new Cancelled('interrupted')));
      return fault;
    });
    const target = openTarget(app.namespace, {
      kubeconfig: await writeKubeconfig(app.folder, { cluster: plainCluster(proxy.url) }),
    });
    const ended = run(target, stop.signal).catch((error: unknown) => {
      if (!stop.signal.aborted) throw error;
    });
    const killed = new Promise<void>((resolve) => stop.signal.addEventListener('abort', () => resolve()));
    try {
      // Nobody waits for what a killed program would still do.
      await Promise.race([ended, killed]);
      return stop.signal.aborted;
    } finally {
      await proxy.close();
      await target.close();
      await kubectl(['delete', 'lease', '-n', app.namespace, '--all']);
    }
  };

  /** Whatever was written: the list is readable, numbers rise, and one at most is live. */
  const expectSound = async () => {
    const releases = await app.target.records!.list();
    const numbers = releases.map(({ number }) => number);
    expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => b - a));
    expect(releaseStates(releases).filter((state) => state === 'live').length).toBeLessThanOrEqual(1);
    return releases;
  };

  test('a deploy killed at any write leaves a history that the next one continues', async () => {
    await deploy(app.target, [await service('0', 'b')]);
    let points = 0;
    for (const fault of ['reset', 'lose-answer'] as const) {
      for (let nth = 1, reached = true; reached; nth++) {
        const value = `${fault}-${nth}`;
        const wanted = await service(value, 'b', 'c');
        reached = await killedAt(nth, fault, (target, signal) => deploy(target, [wanted], { signal }));
        points++;
        await expectSound();
        expect(await deploy(app.target, [wanted])).toMatchObject({ release: expect.any(Number) });
        expect(await maps()).toEqual({ a: value, b: value, c: value });
        const [newest] = await expectSound();
        expect(newest).toMatchObject({ result: 'deployed' });
        expect(changed(await app.target.plan([wanted]))).toEqual({});
        if (!reached) expect(nth).toBeGreaterThan(6);
      }
    }
    console.log(`${points} points tried, ${points} converged`);
    // Nothing of releases that were never whole has stayed.
    await deploy(app.target, [await service('end', 'b', 'c')]);
    const heads = (await secrets()).filter((name) => /release\.\d+$/.test(name));
    expect(heads).toHaveLength(10);
    expect(await secrets()).toHaveLength(20);
  }, 240_000);

  test('a rollback killed at any write is completed by the next', async () => {
    for (const fault of ['reset', 'lose-answer'] as const) {
      for (let nth = 1, reached = true; reached; nth++) {
        const value = `${fault}-${nth}`;
        const good = (await deploy(app.target, [await service(value, 'b')])).release!;
        await deploy(app.target, [await service('bad', 'c')]);
        reached = await killedAt(nth, fault, (target, signal) => rollback(target, good, { signal }));
        const killed = (await expectSound())[0]!;
        if ((isSound(killed) && killed.cause.action === 'rollback') || !reached) {
          // The same command, also without a number, goes on to where it was going.
          const isDone = killed.result === 'deployed';
          expect(await rollback(app.target, isDone ? good : undefined)).toMatchObject({ to: good });
        } else await rollback(app.target, good);
        expect(await maps()).toEqual({ a: value, b: value });
        expect((await expectSound())[0]).toMatchObject({
          result: 'deployed',
          cause: { action: 'rollback', to: good },
        });
        if (!reached) expect(nth).toBeGreaterThan(6);
      }
    }
  }, 240_000);

  test('a destroy killed between its writes leaves nothing when repeated, no release either', async () => {
    for (let nth = 1, reached = true; reached; nth++) {
      await deploy(app.target, [await service('1', 'b')]);
      reached = await killedAt(nth, nth % 2 ? 'reset' : 'lose-answer', (target, signal) =>
        destroy(target, undefined, signal),
      );
      await destroy(app.target);
      expect(await maps()).toEqual({});
      expect(await secrets()).toEqual([]);
      if (!reached) expect(nth).toBeGreaterThan(5);
    }
  }, 240_000);
});
