import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ExpectedError } from '../../../src/core/errors.ts';
import type { Event } from '../../../src/core/events.ts';
import { labSuite } from '../../support/lab.ts';
import { figure, long, quantile } from '../../support/trials.ts';
import { type App, deploy, openApp, openTarget } from './support/app.ts';
import { type Fault, faultProxy } from './support/fault-proxy.ts';
import { type Gates, gateManifest, gates } from './support/gate.ts';
import { clusterAt } from './support/kill-matrix.ts';
import { plainCluster, writeKubeconfig } from './support/kubeconfig.ts';
import { kubectl } from './support/kubectl.ts';
import { expired, failing, isWatch } from './support/watch-faults.ts';

const image = `nowhere.invalid/orders@sha256:${'0'.repeat(64)}`;
const isWatchLine = (line: string) => isWatch(line.split(' ')[1]!);

labSuite('kubernetes faults', ['kubeconfig', 'kubectl'], () => {
  let app: App;
  let opener: Gates;
  let made = 0;
  beforeAll(async () => {
    app = await openApp();
    opener = gates(app.namespace);
  });
  afterAll(async () => {
    opener.close();
    await app.close();
  });

  /** Deploys a pod through the proxy and makes it ready after a while; milliseconds from then until the deploy had seen it. */
  const seenAfter = async (
    fault: (number: number, line: string) => Fault | undefined,
    { tls = true, waits = 1500 } = {},
  ): Promise<{ ms: number; requests: string[] }> => {
    const name = `gate-${made++}`;
    const proxy = await faultProxy(fault, { tls });
    const target = openTarget(app.namespace, {
      scope: { app: name, environment: 'staging' },
      kubeconfig: await writeKubeconfig(app.folder, {
        cluster: tls ? clusterAt(proxy) : plainCluster(proxy.url),
      }),
    });
    try {
      const service = await app.service(name, { image, files: { 'gate.yaml': gateManifest(name) } });
      const events: Event[] = [];
      let readyAt = 0;
      const seen = deploy(target, [service], {
        timeout: 60_000,
        events: Object.assign(events, {
          push: (event: Event) => {
            if (event.type === 'ready') readyAt = performance.now();
            return Array.prototype.push.call(events, event);
          },
        }),
      });
      const failed = seen.then(() => {
        throw new Error('it was ready at once');
      });
      failed.catch(() => undefined);
      while (!events.some(({ type }) => type === 'waiting')) await Promise.race([sleep(20), failed]);
      await sleep(waits);
      expect(readyAt).toBe(0);
      const stored = await opener.open(name);
      await seen;
      return { ms: Math.max(0, readyAt - stored), requests: proxy.seen };
    } finally {
      await target.close();
      await proxy.close();
    }
  };

  test('what gets ready is seen when the server shows it', async () => {
    const times: number[] = [];
    for (let trial = 0; trial < (long ? 50 : 8); trial++) times.push((await seenAfter(() => undefined)).ms);
    figure(
      'W4',
      `ready seen ${Math.round(quantile(times, 0.5))} ms after the server had it (slowest ${Math.round(Math.max(...times))} ms of ${times.length})`,
    );
    expect(quantile(times, 0.5)).toBeLessThan(1000);
  });

  describe.each([{ tls: true }, { tls: false }])('a watch, %o', ({ tls }) => {
    /** The longest time in which a watch that says nothing is trusted, and a list is waited for. */
    const idleLimit = 8000 + 4000;
    /** The longest pause after what failed again and again, and a list is waited for. */
    const pauseLimit = 2000 + 4000;
    const cases: [string, Fault, number][] = [
      ['is closed every second', { watch: { closeAfter: 1000 } }, 2000],
      [
        'begins with 410 Gone',
        { status: 410, body: { code: 410, reason: 'Expired', message: 'gone' } },
        2500,
      ],
      ['tells of 410 in an event', expired, 2500],
      ['tells of another error', failing, pauseLimit],
      ['ends in the middle of a line', { watch: { event: 'half' as unknown as object } }, pauseLimit],
      ['breaks at once', 'reset', pauseLimit],
      ['says nothing, for ever', { watch: 'deaf' }, idleLimit],
      ['is not even begun', 'hang', idleLimit],
    ];
    test.concurrent.each(cases)('that %s', async (name, fault, limit) => {
      const { ms } = await seenAfter((_, line) => (isWatchLine(line) ? fault : undefined), {
        tls,
        waits: 5000,
      });
      figure(
        'W4',
        `a watch that ${name}, ${tls ? 'HTTP/2' : 'HTTP/1.1'}: ready seen after ${Math.round(ms)} ms`,
      );
      expect(ms).toBeLessThan(limit);
    });
  });

  test('a connection of which no byte comes any more is made anew', async () => {
    let stuck = 0;
    const { ms } = await seenAfter(
      (_, line) => {
        if (stuck === 0 && isWatchLine(line) && line.includes('/pods')) stuck = performance.now();
        return stuck > 0 && performance.now() - stuck < 4000 ? 'hang' : undefined;
      },
      { waits: 2500 },
    );
    figure('W4', `a connection that is half open for 4 s: ready seen after ${Math.round(ms)} ms`);
    expect(ms).toBeLessThan(12_000);
  });

  test('without the right to watch, or to list, it is asked for', async () => {
    const forbidden = { status: 403, body: { code: 403, reason: 'Forbidden', message: message('watch') } };
    const unlisted = { status: 403, body: { code: 403, reason: 'Forbidden', message: message('list') } };
    const noWatch = await seenAfter((_, line) => (isWatchLine(line) ? forbidden : undefined));
    expect(noWatch.requests.filter((line) => isWatchLine(line) && line.includes('/pods'))).toHaveLength(1);
    const noList = await seenAfter((_, line) =>
      /^GET \S+\/(pods|replicasets)\?/.test(line) ? unlisted : undefined,
    );
    expect(noList.requests.filter((line) => /^GET \S+\/pods\/gate-/.test(line)).length).toBeGreaterThan(2);
    figure(
      'W8',
      `without the right to watch ready seen after ${Math.round(noWatch.ms)} ms, to list ${Math.round(noList.ms)} ms`,
    );
    expect(Math.max(noWatch.ms, noList.ms)).toBeLessThan(5000);
  });

  test('what somebody removes while it is waited for is told', async () => {
    const waitFor = async (name: string, manifest: string, remove: string) => {
      const target = openTarget(app.namespace, { scope: { app: name, environment: 'staging' } });
      try {
        const service = await app.service(name, { image, files: { 'it.yaml': manifest } });
        const events: Event[] = [];
        const end = deploy(target, [service], { events }).then(
          () => ({ message: 'ready', at: performance.now() }),
          (error: ExpectedError) => ({ message: error.explanation.message, at: performance.now() }),
        );
        while (!events.some(({ type }) => type === 'waiting')) await sleep(20);
        await kubectl(['delete', '-n', app.namespace, remove, '--grace-period=0', '--force', '--wait=false']);
        const removed = performance.now();
        const { message, at } = await end;
        return { message, ms: Math.max(0, at - removed) };
      } finally {
        await target.close();
      }
    };
    const pod = await waitFor('removed', gateManifest('removed'), 'pod/removed');
    expect(pod.message).toMatch(/someone has removed it/);
    const job = await waitFor('collected', collectedJob, 'job/collected');
    expect(job.message).toBe('ready');
    figure('W6', `an object removed underneath is told after ${Math.round(pod.ms)} ms`);
    figure('W7', `a Job that the cluster has collected counts as completed after ${Math.round(job.ms)} ms`);
    expect(Math.max(pod.ms, job.ms)).toBeLessThan(5000);
  });

  test('an answer from before the change is no success', async () => {
    const trials = long ? 200 : 12;
    let early = 0;
    const opened = await app.service('stale', { image, files: { 'stale.yaml': deployment('zero') } });
    await deploy(app.target, [opened]);
    const old = await kubectl(['get', '-n', app.namespace, 'deployment/stale', '-o', 'json']);
    for (let trial = 0; trial < trials; trial++) {
      const until = { at: Number.POSITIVE_INFINITY };
      const rewrite = (body: string) => withOld(body, old);
      const proxy = await faultProxy(
        (_, line) => {
          if (/^PATCH \S+\/deployments\/stale\?(?!.*dryRun)/.test(line))
            until.at = performance.now() + 300 + trial * 40;
          const reads = /^GET \S+\/deployments/.test(line);
          if (!reads || performance.now() > until.at || until.at === Number.POSITIVE_INFINITY)
            return undefined;
          return isWatchLine(line) ? { watch: 'deaf' as const } : { rewrite };
        },
        { tls: true },
      );
      const kubeconfig = await writeKubeconfig(app.folder, { cluster: clusterAt(proxy) });
      const target = openTarget(app.namespace, { kubeconfig });
      try {
        const next = await app.service('stale', { image, files: { 'stale.yaml': deployment(`v${trial}`) } });
        await deploy(target, [next]);
        if (performance.now() < until.at) early++;
      } finally {
        await target.close();
        await proxy.close();
      }
    }
    figure(
      'W2',
      `${trials} deploys answered with the state from before for up to ${300 + trials * 40} ms: ${early} early successes`,
    );
    expect(early).toBe(0);
  }, 1_800_000);
});

function message(verb: string): string {
  return `pods is forbidden: User "admin" cannot ${verb} resource "pods" in API group "" in the namespace "x"`;
}

const collectedJob = `apiVersion: batch/v1
kind: Job
metadata: {name: collected}
spec:
  ttlSecondsAfterFinished: 0
  template: {spec: {schedulerName: nobody, restartPolicy: Never, containers: [{name: collected, image: collected}]}}
`;

function deployment(version: string): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata: {name: stale}
spec:
  replicas: 0
  selector: {matchLabels: {app: stale}}
  template: {metadata: {labels: {app: stale}}, spec: {containers: [{name: stale, image: stale, env: [{name: VERSION, value: ${version}}]}]}}
`;
}

/** The object as it was, alone or in its list; a list that is as old as it. */
function withOld(body: string, old: string): string {
  const answer = JSON.parse(body);
  const before = JSON.parse(old);
  if (!Array.isArray(answer.items)) return old;
  const { resourceVersion } = before.metadata;
  return JSON.stringify({ ...answer, metadata: { ...answer.metadata, resourceVersion }, items: [before] });
}
