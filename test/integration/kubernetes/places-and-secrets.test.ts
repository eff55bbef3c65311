import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { cli } from '../../support/cli.ts';
import { lab, labSuite } from '../../support/lab.ts';
import { figure } from '../../support/trials.ts';
import { type Fault, type FaultProxy, faultProxy } from './support/fault-proxy.ts';
import { clusterAt } from './support/kill-matrix.ts';
import { writeKubeconfig } from './support/kubeconfig.ts';
import { kubectl } from './support/kubectl.ts';
import { manyKinds } from './support/many-kinds.ts';

const name = `faults-${randomBytes(3).toString('hex')}`;
const quoted = `${name}-quoted`;
const canary = 'canary-of-this-test';

labSuite('kubernetes faults', ['kubeconfig', 'kubectl'], () => {
  let folder: string;
  let pinned: FaultProxy;
  let current: FaultProxy;
  let env: Record<string, string>;
  let fault: (line: string) => Fault | undefined = () => undefined;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'cloudnative-faults-'));
    const { 'config.yaml': config, 'secret.yaml': secret } = manyKinds('');
    await writeFile(join(folder, 'config.yaml'), config!);
    await writeFile(join(folder, 'secret.yaml'), secret!.replace('not-a-secret-one', canary));
    pinned = await faultProxy((_, line) => fault(line), { tls: true });
    current = await faultProxy(undefined, { tls: true });
    env = { KUBECONFIG: await twoContexts() };
  });
  afterAll(async () => {
    await Promise.all([pinned.close(), current.close()]);
    await kubectl(['delete', 'namespace', name, quoted, '--ignore-not-found', '--wait=false']);
    await rm(folder, { recursive: true });
  });

  /** A kubeconfig whose current context is not the one that everything is meant for. */
  const twoContexts = async () => {
    const file = await writeKubeconfig(folder, { cluster: clusterAt(pinned) });
    const config = parse(await readFile(file, 'utf8'));
    const [meant] = config.clusters;
    config.clusters.push({ name: 'other', cluster: { ...meant.cluster, ...clusterAt(current) } });
    config.contexts.push({ name: 'other', context: { ...config.contexts[0].context, cluster: 'other' } });
    config['current-context'] = 'other';
    await writeFile(file, stringify(config));
    return file;
  };
  const run = (namespace: string, command: string, context: string, ...more: string[]) => {
    const place = ['--manifests', '.', '--app', 'shop', '-n', namespace, '--context', context];
    return cli([command, ...place, ...more], { cwd: folder, env });
  };

  test('no context but the pinned one is asked for anything', async () => {
    for (const [command, ...more] of [
      ['plan'],
      ['deploy', '--yes'],
      ['status'],
      ['history'],
      ['destroy', '--yes'],
    ] as const) {
      pinned.seen.length = 0;
      expect([0, 10]).toContain((await run(name, command, lab.context!, ...more)).code);
      expect(pinned.seen.length).toBeGreaterThan(0);
    }
    pinned.seen.length = 0;
    const unknown = await run(name, 'deploy', `${lab.context}x`, '--yes');
    expect(unknown.code).toBe(4);
    expect(unknown.stderr).toContain(`${lab.context}x`);
    figure(
      'E11',
      `${current.seen.length} requests to the current context, ${pinned.seen.length} in place of one that is not there`,
    );
    expect([...current.seen, ...pinned.seen]).toEqual([]);
  });

  test('an answer that quotes a Secret, or would drive the terminal, does neither', async () => {
    const base64 = Buffer.from(canary).toString('base64');
    const message = `Secret "orders" is invalid: data: Invalid value: "${canary}": ${base64} \u001b[2J\u001b]0;title\u0007`;
    for (const status of [403, 409, 422]) {
      fault = (line) =>
        /^PATCH \S+\/secrets\/orders\b/.test(line)
          ? { status, body: { code: status, reason: 'Invalid', message } }
          : undefined;
      for (const more of [[], ['-o', 'json'], ['--no-preflight']]) {
        const { code, stdout, stderr } = await run(
          quoted,
          'deploy',
          lab.context!,
          '--yes',
          '--timeout',
          '20s',
          ...more,
        );
        expect(code).not.toBe(0);
        expect(stdout + stderr).toMatch(/Secret\/orders/);
        for (const text of [canary, base64, '\u001b']) expect(stdout + stderr).not.toContain(text);
      }
    }
    fault = () => undefined;
  });
});
