import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type CliResult, cli } from '../support/cli.ts';
import { lab, labSuite } from '../support/lab.ts';
import { tinyService } from '../support/tiny-service.ts';

const run = promisify(execFile);
const app = `releases-${randomBytes(3).toString('hex')}`;

labSuite('releases on kubernetes', ['kubeconfig', 'kubectl', 'pods', 'dockerHost', 'registry'], () => {
  let shop: string;
  let printed = '';
  /** Runs the program, and keeps all that it ever printed. */
  const cloudnative = async (...args: string[]): Promise<CliResult> => {
    const result = await cli(args, { cwd: shop, env: { KUBECONFIG: lab.kubeconfig! } });
    printed += `${args.join(' ')}\n${result.stdout}${result.stderr}`;
    return result;
  };
  const onStaging = (command: string, ...flags: string[]) => cloudnative(command, '-e', 'staging', ...flags);
  const json = async <T>(command: string, ...flags: string[]) => {
    const { stdout } = await onStaging(command, ...flags, '-o', 'json');
    return JSON.parse(stdout) as { ok: boolean; data: T; error?: { code: string; message: string } };
  };
  const password = async () => {
    const args = ['--kubeconfig', lab.kubeconfig!, '-n', app, 'get', 'secret', 'password', '-o', 'json'];
    const { data } = JSON.parse((await run(lab.kubectl!, args)).stdout) as { data: Record<string, string> };
    return Object.fromEntries(
      Object.entries(data).map(([key, value]) => [key, Buffer.from(value, 'base64').toString()]),
    );
  };
  const write = async (version: string, canary: string) => {
    const service = await tinyService(join(shop, 'services'), 'orders', {
      program: version === 'broken' ? 'console.log("no database"); process.exit(3);' : undefined,
    });
    const program = join(service, 'server.js');
    await writeFile(program, `${await readFile(program, 'utf8')}// ${version}\n`);
    await mkdir(join(service, 'deploy/kubernetes'), { recursive: true });
    await writeFile(join(service, 'deploy/kubernetes/all.yaml'), manifests(canary));
  };

  beforeAll(async () => {
    shop = await mkdtemp(join(tmpdir(), 'cloudnative-releases-'));
    await cloudnative('init', '.', '--name', app);
    const file = join(shop, 'cloudnative.yaml');
    const settings = { target: 'kubernetes', context: lab.context, namespace: app, host: lab.dockerHost };
    const text = await readFile(file, 'utf8');
    const added = text.replace('environments:\n', `environments:\n  staging: ${JSON.stringify(settings)}\n`);
    await writeFile(file, `${added}registry: ${lab.registry}/${app}\n`);
  });
  afterAll(async () => {
    await run(lab.kubectl!, [
      '--kubeconfig',
      lab.kubeconfig!,
      'delete',
      'namespace',
      app,
      '--wait=false',
      '--ignore-not-found',
    ]);
    await rm(shop, { recursive: true, force: true });
  });

  it('number what is deployed, and name it', async () => {
    await write('one', 'canary-one');
    expect((await onStaging('history')).stdout).toMatch(/no releases yet/);
    expect((await onStaging('rollback', '--yes')).code).toBe(4);
    const first = await onStaging('deploy', '--yes');
    expect(first.stderr).toMatch(new RegExp(`Release 1 of ${app} is live on staging: 1 service ready`));
    await write('two', 'canary-two');
    expect((await json<{ release: number }>('deploy', '--yes')).data.release).toBe(2);
    const again = await onStaging('deploy');
    expect(again.stderr).toMatch(/Nothing to do: release 2 is live and unchanged/);
    expect((await onStaging('status')).stdout).toMatch(/^release 2 by \S+@\S+ .* ago$/m);
    expect((await json<{ release: { number: number } }>('status')).data.release.number).toBe(2);
  });

  it('go back by themselves when a rollout fails', async () => {
    await write('broken', 'canary-three');
    const failed = await json<{ release: number; rollback: object }>(
      'deploy',
      '--yes',
      '--rollback-on-failure',
    );
    expect(failed).toMatchObject({
      ok: false,
      error: { code: 'E_ROLLOUT_FAILED', message: expect.stringMatching(/^orders cannot start/) },
      data: { release: 3, rollback: { to: 2, release: 4, ok: true } },
    });
    expect(await password()).toEqual({ password: 'canary-two', more: 'canary-two' });
  });

  it('are listed in 80 columns, and as a document', async () => {
    const { stdout } = await onStaging('history');
    const rows = stdout.split('\n');
    for (const row of rows.slice(2)) expect(row.length).toBeLessThanOrEqual(80);
    expect(
      rows
        .filter((row) => /^ {2}\d/.test(row))
        .map((row) =>
          row
            .split(/ {2,}/)
            .slice(1, 5)
            .filter((_, at) => at !== 1),
        ),
    ).toEqual([
      ['4', expect.stringMatching(/@/), 'live'],
      ['3', expect.stringMatching(/@/), 'failed'],
      ['2', expect.stringMatching(/@/), 'superseded'],
      ['1', expect.stringMatching(/@/), 'superseded'],
    ]);
    expect(stdout).toMatch(/rollback to 2 {2}orders sha256:[0-9a-f]{12}\n/);
    expect(stdout).toMatch(/orders cannot start/);
    const { releases } = (
      await json<{ releases: { number: number; state: string; images: { image: string }[] }[] }>('history')
    ).data;
    expect(releases.map(({ number, state }) => `${number} ${state}`)).toEqual([
      '4 live',
      '3 failed',
      '2 superseded',
      '1 superseded',
    ]);
    for (const { images } of releases) expect(images[0]!.image).toMatch(/\/orders@sha256:[0-9a-f]{64}$/);
  });

  it('are gone back to on request, with consent', async () => {
    const unasked = await onStaging('rollback', '--to', '1');
    expect(unasked.code).toBe(2);
    expect(unasked.stderr).toMatch(
      /~ Deployment\/orders[\s\S]*~ Secret\/password\n[\s\S]*data\.password {2}\(changed, not shown\)/,
    );
    expect(await password()).toMatchObject({ password: 'canary-two' });
    const { stderr } = await onStaging('rollback', '--to', '1', '--yes');
    expect(stderr).toMatch(new RegExp(`Release 5 of ${app} is live on staging: as release 1 made it`));
    expect(await password()).toEqual({ password: 'canary-one', more: 'canary-one' });
    expect((await onStaging('rollback', '--to', '1', '--yes')).stderr).toMatch(
      /Nothing to do: .* is as release 1 made it/,
    );
    const unknown = await onStaging('rollback', '--to', '99', '--yes');
    expect(unknown.code).toBe(4);
    expect(unknown.stderr).toMatch(/there is no release 99[\s\S]*kept are 5, 4, 3, 2, 1/);
    expect((await onStaging('rollback', '--to', '1.5')).code).toBe(2);
  });

  it('tell how to go back when a rollout fails and nobody asked for it', async () => {
    const { code, stderr } = await onStaging('deploy', '--yes');
    expect(code).toBe(1);
    expect(stderr).toMatch(/cloudnative rollback -e staging +goes back to release 5/);
    expect((await onStaging('rollback', '--yes')).stderr).toMatch(/Release 7 .* as release 5 made it/);
  });

  it('are kept of a folder of manifests too, which its own flags name', async () => {
    const folder = join(shop, 'plain');
    const place = ['--manifests', folder, '--app', 'plain', '-n', app, '--context', lab.context!];
    const settings = (value: string) =>
      writeFile(
        join(folder, 'a.yaml'),
        `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: plain}\ndata: {KEY: "${value}"}\n`,
      );
    await mkdir(folder);
    for (const value of ['1', '2']) {
      await settings(value);
      expect((await cloudnative('deploy', ...place, '--yes')).stderr).toMatch(
        `Release ${value} of plain is live`,
      );
    }
    expect((await cloudnative('rollback', ...place, '--to', '7')).stderr).toContain(
      `cloudnative history ${place.join(' ')}`,
    );
    await rm(folder, { recursive: true });
    expect((await cloudnative('rollback', ...place, '--yes')).stderr).toMatch(
      /Release 3 of plain .* as release 1 made it/,
    );
    expect((await cloudnative('history', ...place)).stdout).toMatch(/^ {2}3 .* live /m);
    expect((await cloudnative('destroy', ...place, '--yes')).code).toBe(0);
  });

  it('are not kept on this machine, which says so before anything is built', async () => {
    for (const args of [['history'], ['rollback', '--yes'], ['deploy', '--rollback-on-failure']]) {
      const { code, stderr } = await cloudnative(...args, '-e', 'local');
      expect(code).toBe(4);
      expect(stderr).toMatch(/E_NO_HISTORY/);
      expect(stderr).not.toMatch(/built/);
    }
  });

  it('go with the app', async () => {
    const { stderr } = await onStaging('destroy', '--yes');
    expect(stderr).not.toMatch(/Secret\/cloudnative/);
    expect((await onStaging('history')).stdout).toMatch(/no releases yet/);
    const { stdout } = await run(lab.kubectl!, [
      '--kubeconfig',
      lab.kubeconfig!,
      '-n',
      app,
      'get',
      'secrets',
      '-o',
      'name',
    ]);
    expect(stdout).toBe('');
  });

  it('let no secret out in any of it', () => {
    expect(printed).toMatch(/Release 7/);
    for (const canary of ['canary-one', 'canary-two', 'canary-three']) {
      expect(printed).not.toContain(canary);
      expect(printed).not.toContain(Buffer.from(canary).toString('base64').replace(/=+$/, ''));
    }
  });
});

function manifests(canary: string): string {
  return `apiVersion: v1
kind: Secret
metadata: {name: password}
stringData: {password: ${canary}, more: ${canary}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: orders}
spec:
  replicas: 1
  selector: {matchLabels: {app: orders}}
  template:
    metadata: {labels: {app: orders}}
    spec:
      automountServiceAccountToken: false
      terminationGracePeriodSeconds: 2
      securityContext: {runAsNonRoot: true, runAsUser: 65532, seccompProfile: {type: RuntimeDefault}}
      containers:
        - name: orders
          image: orders
          envFrom: [{secretRef: {name: password}}]
          readinessProbe: {httpGet: {path: /readyz, port: 9100}, periodSeconds: 1}
          resources: {requests: {cpu: 5m, memory: 16Mi}}
          securityContext: {allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: {drop: [ALL]}}
`;
}
