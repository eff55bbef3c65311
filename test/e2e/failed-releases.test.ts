import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { cli, startCli } from '../support/cli.ts';
import { lab, labSuite } from '../support/lab.ts';
import { eventually } from '../support/prometheus.ts';

const run = promisify(execFile);
const namespace = `failed-${randomBytes(3).toString('hex')}`;

interface Document {
  ok: boolean;
  error?: { code: string; message: string; why?: unknown; hints?: string[] };
  data: { rollback?: object; release?: unknown; later?: object };
}

labSuite('releases on kubernetes', ['kubeconfig', 'kubectl', 'pods', 'registry'], () => {
  let folder: string;
  const place = () => ['--manifests', 'k8s', '--app', 'web', '-n', namespace, '--context', lab.context!];
  const here = () => ({ cwd: folder, env: { KUBECONFIG: lab.kubeconfig! } });
  const web = (command: string, ...more: string[]) => cli([command, ...place(), ...more], here());
  const json = async (command: string, ...more: string[]) => {
    const { stdout, stderr } = await web(command, ...more, '-o', 'json');
    return { stderr, ...(JSON.parse(stdout) as Document) };
  };
  const kubectl = async (...args: string[]) =>
    (await run(lab.kubectl!, ['--kubeconfig', lab.kubeconfig!, ...args])).stdout;
  const version = () =>
    kubectl('get', 'configmap/settings', '-n', namespace, '-o', 'jsonpath={.data.version}');
  const write = async (which: string, broken: { image?: string; secret?: string } = {}) => {
    await mkdir(join(folder, 'k8s'), { recursive: true });
    await writeFile(join(folder, 'k8s/all.yaml'), manifests(which, broken));
  };
  const way = (to: string) => `cloudnative rollback ${place().join(' ')}        goes back to ${to}`;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'cloudnative-failed-'));
  });
  afterAll(async () => {
    await kubectl('delete', 'namespace', namespace, '--wait=false', '--ignore-not-found');
    await rm(folder, { recursive: true, force: true });
  });

  it('that is the first leaves the namespace, and says how it goes', async () => {
    await write('none', { secret: 'missing' });
    const { stderr, error, data } = await json('deploy', '--yes', '--rollback-on-failure');
    expect(error).toMatchObject({ code: 'E_ROLLOUT_FAILED' });
    expect(data).toMatchObject({ rollback: { ok: true, kept: [`Namespace/${namespace}`] } });
    const removal = ['destroy', ...place(), '--delete-namespace'];
    expect(stderr).toContain(
      `  ! Namespace/${namespace}  kept: a namespace only goes when it is asked for; to remove it: cloudnative ${removal.join(' ')}\n`,
    );
    expect((await web('status')).stdout).toMatch(/^release 1 by \S+ \S+ ago failed\n {2}web cannot start/m);
    // Nothing of an earlier deploy is taken away by one that created nothing itself.
    await web('deploy', '--yes');
    const again = await json('deploy', '--yes', '--rollback-on-failure');
    expect(again.error!.why).toContain(
      'there is nothing to go back to: no deploy has gone well yet, and this one created nothing',
    );
    expect(again.data).toMatchObject({ rollback: { ok: false, error: { code: 'E_NO_RELEASE' } } });
    expect(await version()).toBe('none');
    expect((await cli([...removal, '--yes'], here())).code).toBe(0);
    expect(await kubectl('get', 'namespace', namespace, '--ignore-not-found')).toBe('');
  });

  it('is told by status and plan until something goes well', async () => {
    await write('good');
    expect((await web('deploy', '--yes')).code).toBe(0);
    await write('bad', { image: 'nowhere.invalid/nothing:1' });
    const failed = await json('deploy', '--yes');
    expect(failed.error).toMatchObject({
      code: 'E_ROLLOUT_FAILED',
      hints: expect.arrayContaining([way('release 1')]),
    });
    const { stdout } = await web('status');
    expect(stdout).toMatch(
      /^release 1 by \S+ \S+ ago\nrelease 2 by \S+ \S+ ago failed\n {2}web cannot start: cannot pull/m,
    );
    for (const line of stdout.split('\n').slice(1, 4)) expect(line.length).toBeLessThanOrEqual(80);
    const status = await json('status');
    expect(status.data).toMatchObject({
      release: { number: 1 },
      later: { number: 2, state: 'failed', reason: failed.error!.message },
    });
    const plan = await web('plan');
    expect(plan.code).toBe(0);
    expect(plan.stderr).toBe(
      `  ! what is there is what release 2 wanted, and that failed; cloudnative rollback ${place().join(' ')} goes back to release 1\n`,
    );
  });

  it('that is repeated tells the way back again, and goes it when it is asked to', async () => {
    const repeated = await json('deploy', '--yes');
    expect(repeated.error!.hints).toContain(way('release 1'));
    const unasked = await web('deploy', '--rollback-on-failure');
    expect(unasked.code).toBe(1);
    expect(unasked.stderr).toMatch(/going back to release 1\n {2}~ ConfigMap\/settings\n +data\.version\n/);
    expect(unasked.stderr).toMatch(
      /going back to release 1 failed too: this needs your consent[\s\S]*add --yes to agree/,
    );
    expect(await version()).toBe('bad');
    const back = await json('deploy', '--yes', '--rollback-on-failure');
    expect(back).toMatchObject({
      ok: false,
      error: { code: 'E_ROLLOUT_FAILED', message: expect.stringMatching(/^web cannot start: cannot pull/) },
      data: { resource: 'Deployment/web', rollback: { to: 1, release: 3, ok: true } },
    });
    expect(back.stderr).toMatch(/going back to release 1\n[\s\S]*everything is as release 1 made it again\n/);
    expect(await version()).toBe('good');
    expect((await web('plan')).code).toBe(10);
    const status = await web('status');
    expect(status.stdout).toMatch(/^release 3 by \S+ \S+ ago\n\n/m);
    const history = await web('history');
    expect(history.stdout).toMatch(/^ {2}3 .* live /m);
  });

  it('is no place to go back to without a warning', async () => {
    const { code, stderr } = await web('rollback', '--to', '2');
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /! release 2 was never live: its run failed: web cannot start[\s\S]*~ Deployment\/web/,
    );
  });

  it('is told from one that was interrupted, which says what it leaves', async () => {
    const args = ['deploy', ...place(), '--yes', '--rollback-on-failure', '-o', 'json'];
    const { child, output } = startCli(args, here());
    await eventually(
      async () => output.stderr,
      (text) => /Deployment\/web +updated/.test(text),
    );
    child.kill('SIGINT');
    const [code] = (await once(child, 'close')) as [number];
    expect(code).toBe(130);
    expect((JSON.parse(output.stdout) as Document).error).toEqual({
      code: 'E_CANCELLED',
      message: 'interrupted',
      why: 'what was applied so far is left as it is, and nothing was rolled back',
      hints: ['repeat the command: it continues from here', way('the last good release, where there is one')],
    });
    expect(output.stderr).toMatch(/^interrupted\n {2}why {4}what was applied[\s\S]*\n {2}try {4}repeat/m);
    expect(await version()).toBe('bad');
    expect((await web('history')).stdout).toMatch(/^ {2}4 .* interrupted /m);
    expect((await web('status')).stdout).toMatch(/^release 4 by \S+ \S+ ago was interrupted\n\n/m);
    expect((await json('status')).data.later).toMatchObject({ number: 4, state: 'interrupted' });
    await write('good');
    expect((await web('deploy', '--yes')).stderr).toMatch(/Release 5 of web is live/);
    expect((await json('status')).data).not.toHaveProperty('later');
  });
});

function manifests(
  version: string,
  { image = 'node:24-slim', secret }: { image?: string; secret?: string },
): string {
  const from = secret === undefined ? 'configMapRef: {name: settings}' : `secretRef: {name: ${secret}}`;
  return `apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
data: {version: ${version}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 1
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      automountServiceAccountToken: false
      terminationGracePeriodSeconds: 1
      securityContext: {runAsNonRoot: true, runAsUser: 65532, seccompProfile: {type: RuntimeDefault}}
      containers:
        - name: web
          image: ${image}
          command: [node, -e, 'setInterval(() => {}, 1000)']
          envFrom: [{${from}}]
          resources: {requests: {cpu: 5m, memory: 16Mi}}
          securityContext: {allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: {drop: [ALL]}}
`;
}
