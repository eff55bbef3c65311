import { chmod, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { labSuite } from '../../support/lab.ts';
import { tempTree } from '../workspace/temp-tree.ts';
import { actionProcess } from './action-process.ts';
import { readTree } from './read-tree.ts';

const workspace =
  'version: 1\nname: shop\nservices: [services/*]\nenvironments: {local: {target: process}}\n';
const options = { name: 'orders', language: 'go', calls: [] };
const run = actionProcess();

/** One thread does all work on files, so that calls of the system come in one order and can be counted. */
const oneThread = { ...process.env, UV_THREADPOOL_SIZE: '1' };

labSuite('system faults', ['faults'], () => {
  test.each([
    { call: 'fsync', fault: 'signal=KILL', step: 11 },
    { call: 'fsync', fault: 'error=EIO', step: 13 },
    { call: 'mkdir', fault: 'signal=KILL', step: 3 },
    { call: 'mkdir', fault: 'error=EDQUOT', step: 5 },
    { call: 'fchmod', fault: 'signal=KILL', step: 19 },
    { call: 'chmod', fault: 'signal=KILL', step: 3 },
    { call: 'rename', fault: 'signal=KILL', step: 1 },
    { call: 'rename', fault: 'error=EIO', step: 1 },
  ])(
    '$call with $fault: nothing or everything is there, and the next run works',
    async ({ call, fault, step }) => {
      const whole = await madeWithoutFault();
      let hits = 0;
      for (let nth = 1; ; nth += step) {
        const root = await tempTree({ 'cloudnative.yaml': workspace });
        const inject = ['-e', `trace=${call}`, '-e', `inject=${call}:${fault}:when=${nth}`];
        // The faster way of strace loses signals.
        const fast = fault.startsWith('error') ? ['--seccomp-bpf'] : [];
        const wrap = ['strace', '-f', '-qq', ...fast, '-o', '/dev/null', ...inject];
        const { report } = await run('new', options, { cwd: root, env: oneThread, wrap });
        const services = await readTree(root, ['cloudnative.yaml']);
        const found = Object.keys(services).filter((path) => path.startsWith('services/orders/'));
        // Beyond the last call nothing was injected: every call has been met.
        if (report?.ok) {
          expect(services).toEqual(whole);
          break;
        }
        hits++;
        if (found.length > 0) expect(services).toEqual(whole);
        if (fault.startsWith('error')) {
          expect(report).toMatchObject({
            code: 'E_WRITE',
            exit: 'failure',
            why: expect.stringContaining(fault.slice(6)),
          });
          if (found.length === 0) expect(services).toEqual({});
        } else {
          expect(report).toBeUndefined();
        }

        const again = await run('new', options, { cwd: root });
        expect(again.report).toMatchObject(found.length > 0 ? { ok: false, code: 'E_EXISTS' } : { ok: true });
        expect(await readTree(root, ['cloudnative.yaml'])).toEqual(whole);
      }
      expect(hits).toBeGreaterThan(call === 'rename' ? 0 : 2);
    },
    120_000,
  );

  test('a disk that fills up at any point is named, and nothing is left on it', async () => {
    const mountPoint = await tempTree();
    const sizes: number[] = [];
    for (let kilobytes = 4; ; kilobytes += 36) {
      const script = `mount -t tmpfs -o size=${kilobytes}k none "$0" && cd "$0" && "$@"; ls -A "$0" >&2`;
      const wrap = ['unshare', '--map-root-user', '--mount', 'sh', '-c', script, mountPoint];
      const { report, stderr } = await run('new', options, { cwd: mountPoint, wrap });
      expect(report, stderr).toBeDefined();
      if (report?.ok) break;
      sizes.push(kilobytes);
      expect(report).toMatchObject({
        code: 'E_WRITE',
        exit: 'failure',
        message: expect.stringContaining(join(mountPoint, 'orders')),
        why: 'no space left on device (ENOSPC)',
      });
      expect(stderr).toBe('');
    }
    expect(sizes.length).toBeGreaterThan(3);
  }, 60_000);
});

test('too few file handles are named, and nothing is left', async () => {
  const root = await tempTree({ 'cloudnative.yaml': workspace });
  const outcomes = new Set<string>();
  for (const limit of [24, 26, 28, 30]) {
    const wrap = ['sh', '-c', `ulimit -n ${limit}; exec "$@"`, 'sh'];
    const { report } = await run('new', options, { cwd: root, wrap });
    outcomes.add(String(report?.why).match(/\((E\w+)\)/)?.[1] ?? String(report?.ok ?? 'did not start'));
    if (!report?.ok) expect(Object.keys(await readTree(root))).toEqual(['cloudnative.yaml']);
    else break;
  }
  expect([...outcomes]).toContain('EMFILE');
});

test('a run killed while git works has made nothing', async () => {
  const root = await tempTree();
  const bin = await tempTree({ git: '#!/bin/sh\nmkdir .git\nkill -9 $PPID\n' });
  await chmod(join(bin, 'git'), 0o755);
  const env = { ...process.env, PATH: `${bin}:${process.env.PATH}` };
  expect((await run('new', options, { cwd: root, env })).report).toBeUndefined();
  expect((await readdir(root)).filter((name) => !name.startsWith('.orders.cloudnative-'))).toEqual([]);
  expect((await run('new', options, { cwd: root })).report?.ok).toBe(true);
  expect(await readdir(root)).toEqual(['orders']);
});

test('a run asked to stop leaves nothing', async () => {
  const root = await tempTree();
  const bin = await tempTree({ git: '#!/bin/sh\nkill -TERM $PPID\nsleep 5\n' });
  await chmod(join(bin, 'git'), 0o755);
  const env = { ...process.env, PATH: `${bin}:${process.env.PATH}` };
  expect((await run('new', options, { cwd: root, env })).report).toMatchObject({
    ok: false,
    code: 'CANCELLED',
  });
  expect(await readdir(root)).toEqual([]);
});

test('only what a dead run has left is cleaned away', async () => {
  const root = await tempTree();
  const { pid } = process;
  const kept = [
    '.orders.cloudnative-notes',
    '.other.cloudnative-1-00000000-00000000',
    '.orders.cloudnative-x-00000000-00000000',
  ];
  const cleaned = [
    '.orders.cloudnative-4194304-00000000-00000000',
    `.orders.cloudnative-${pid}-00000000-00000000`,
  ];
  for (const name of [...kept, ...cleaned]) {
    await mkdir(join(root, name));
    await writeFile(join(root, name, 'file'), '');
  }
  await writeFile(join(root, '.orders.cloudnative-4194304-00000000-11111111'), 'a file is not ours');
  expect((await run('new', options, { cwd: root })).report?.ok).toBe(true);
  expect((await readdir(root)).sort()).toEqual(
    [...kept, '.orders.cloudnative-4194304-00000000-11111111', 'orders'].sort(),
  );
});

test('a run in progress is not disturbed by another', async () => {
  const root = await tempTree();
  const bin = await tempTree({ git: '#!/bin/sh\nwhile [ ! -e "$GO" ]; do sleep 0.05; done\n' });
  await chmod(join(bin, 'git'), 0o755);
  const slow = { ...process.env, PATH: `${bin}:${process.env.PATH}`, GO: join(bin, 'go') };
  const first = run('new', options, { cwd: root, env: slow });
  while (!(await readdir(root)).some((name) => name.startsWith('.orders.cloudnative-'))) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const second = await run('new', options, { cwd: root });
  await writeFile(join(bin, 'go'), '');
  expect(second.report?.ok).toBe(true);
  expect((await first).report).toMatchObject({ ok: false, code: 'E_EXISTS' });
  expect(await readdir(root)).toEqual(['orders']);
});

let whole: Promise<Record<string, string>> | undefined;
async function madeWithoutFault(): Promise<Record<string, string>> {
  whole ??= (async () => {
    const root = await tempTree({ 'cloudnative.yaml': workspace });
    expect((await run('new', options, { cwd: root })).report?.ok).toBe(true);
    return readTree(root, ['cloudnative.yaml']);
  })();
  return whole;
}
