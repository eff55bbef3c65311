import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clusterTests } from '../support/api-only.ts';
import { labSuites } from '../support/lab-suites.ts';

const root = new URL('../../', import.meta.url).pathname;
const oneSuite = `labSuite('docker target', ['dockerHost', 'registry'], () => { it('builds', () => {}); it('runs', () => {}); });`;
const everySuite = `for (const name of ${JSON.stringify(labSuites)}) labSuite(name, [], () => { it('works', () => {}); });`;

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cloudnative-lab-suites-'));
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
  await writeFile(
    join(folder, 'vitest.config.ts'),
    `import { summaryReporter } from '${root}test/support/summary-reporter.ts';
     export default { test: { include: ['*.test.ts'], reporters: ['default', summaryReporter()] } };`,
  );
});

afterAll(() => rm(folder, { recursive: true }));

describe('a run without the lab', () => {
  it('says which suite it skips, what that needs and how to start it, and succeeds', async () => {
    const { code, stdout, stderr } = await runTests(oneSuite, {});
    expect(stderr).toContain(
      'SKIPPED suite "docker target": needs dockerHost, registry; start it with: npm run lab -- up',
    );
    expect(stdout.split('\n').slice(-2)).toEqual(['0 passed, 0 failed, 2 skipped', '']);
    expect(code).toBe(0);
  });

  it('fails in CI, where nothing may be skipped', async () => {
    const { code, stdout } = await runTests(oneSuite + everySuite, { CI: 'true' });
    expect(stdout.split('\n').slice(-3)).toEqual([
      'CI: 2 skipped; nothing may be',
      `${labSuites.length} passed, 0 failed, 2 skipped`,
      '',
    ]);
    expect(code).toBe(1);
  });

  it('takes an engine and a registry that are named for tests, and no ambient engine', async () => {
    const ambient = await runTests(oneSuite, {
      DOCKER_HOST: 'unix:///ambient.sock',
      CLOUDNATIVE_TEST_REGISTRY: 'r:1',
    });
    expect(ambient.stderr).toContain('needs dockerHost; ');
    const named = await runTests(oneSuite, {
      CLOUDNATIVE_TEST_DOCKER_HOST: 'unix:///e.sock',
      CLOUDNATIVE_TEST_REGISTRY: 'r:1',
    });
    expect(named.stdout).toMatch(/^2 passed, 0 failed, 0 skipped$/m);
  });

  it('takes a lab whose servers are gone for none', async () => {
    await writeFile(
      join(folder, 'env'),
      `KUBECONFIG=${folder}/gone\nDOCKER_HOST=unix://${folder}/gone.sock\nCLOUDNATIVE_LAB_REGISTRY=127.0.0.1:1\n`,
    );
    const { stderr } = await runTests(oneSuite, { CLOUDNATIVE_LAB_DIR: folder });
    expect(stderr).toContain('needs dockerHost, registry; ');
  });
});

describe('a run in CI', () => {
  it('succeeds when every listed suite ran', async () => {
    const { code, stdout } = await runTests(everySuite, { CI: 'true' });
    expect(stdout.split('\n').slice(-2)).toEqual([`${labSuites.length} passed, 0 failed, 0 skipped`, '']);
    expect(code).toBe(0);
  });

  it('fails when a listed suite is absent', async () => {
    const { code, stdout } = await runTests(everySuite.replace('"docker target",', ''), { CI: 'true' });
    expect(stdout).toContain('CI: suite "docker target" did not run\n');
    expect(code).toBe(1);
  });
});

describe('a run on another version of Kubernetes', () => {
  const apiOnly = `labSuite('kubernetes target', ['kubeconfig'], () => { it('runs', () => {}); });`;
  const pods = `labSuite(\n  'kubernetes forward',\n  ['kubeconfig', 'pods'],\n  () => { it('waits', () => {}); });`;
  let sources: string;
  beforeAll(async () => {
    sources = join(folder, 'test');
    await mkdir(sources);
    const files = { api: apiOnly, both: apiOnly + pods, pods, none: oneSuite };
    for (const [name, text] of Object.entries(files)) await writeFile(join(sources, `${name}.test.ts`), text);
    await writeFile(join(folder, 'env-1.30'), `KUBECONFIG=${folder}/config\nCLOUDNATIVE_LAB_KUBECTL=none\n`);
    await writeFile(
      join(folder, 'config'),
      'current-context: other\nclusters: [{cluster: {server: https://127.0.0.1:1}}]\n',
    );
  });
  afterAll(() => rm(sources, { recursive: true }));

  it('takes the files with a suite that an API server is enough for', () => {
    expect(clusterTests(folder)).toEqual({
      apiOnly: ['test/api.test.ts', 'test/both.test.ts'],
      pods: ['test/pods.test.ts'],
    });
  });

  it('uses that version, and tells what it does not run', async () => {
    const which = `it('is the other', () => { expect(lab).toMatchObject({ context: 'other', kubeconfig: '${folder}/config' }); });`;
    const { code, stdout, stderr } = await runTests(
      `import { expect } from 'vitest'; import { lab } from '${root}test/support/lab.ts';\n${which}${apiOnly}${pods}`,
      { CLOUDNATIVE_LAB_DIR: folder, CLOUDNATIVE_TEST_KUBERNETES: '1.30' },
    );
    expect(stderr).toContain('SKIPPED suite "kubernetes forward": needs pods; ');
    expect(stdout.split('\n').slice(-4)).toEqual([
      'Kubernetes 1.30: 2 files of tests, without the 1 that need pods:',
      '  test/pods.test.ts',
      '2 passed, 0 failed, 1 skipped',
      '',
    ]);
    expect(code).toBe(0);
  });

  it('fails where that version is not up', async () => {
    const { code, stderr } = await runTests(apiOnly, { CLOUDNATIVE_TEST_KUBERNETES: '1.37' });
    expect(stderr).toContain('Kubernetes 1.37 is not up; start it with: npm run lab -- up 1.37');
    expect(code).toBe(1);
  });
});

it('counts failing tests, files that cannot be loaded and hooks that throw', async () => {
  const failing = `it('fails', () => { throw new Error('on purpose'); }); it('works', () => {});
    describe('held back', () => { beforeAll(() => { throw new Error('on purpose'); }); it('never runs', () => {}); });`;
  const { code, stdout } = await runTests(failing, {}, `throw new Error('on purpose');`);
  expect(stdout.split('\n').slice(-2)).toEqual(['1 passed, 3 failed, 1 skipped', '']);
  expect(code).toBe(1);
});

it('refuses a suite that is not listed', async () => {
  const { code, stderr } = await runTests(`labSuite('unheard of', [], () => {});`, {});
  expect(stderr).toContain('suite "unheard of" is not listed in test/support/lab-suites.ts');
  expect(code).toBe(1);
});

/** Runs vitest on files with these bodies, as `npm test` would, on a machine whose lab is down. */
async function runTests(body: string, env: Record<string, string>, another?: string) {
  const imports = `import { beforeAll, describe, it } from 'vitest'; import { labSuite } from '${root}test/support/lab.ts';\n`;
  const files = [imports + body, ...(another === undefined ? [] : [another])];
  const names = files.map((_, index) => `file-${index}.test.ts`);
  await Promise.all(files.map((content, index) => writeFile(join(folder, names[index]!), content)));
  return new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    const child = execFile(
      process.execPath,
      [join(root, 'node_modules/vitest/vitest.mjs'), 'run', ...names],
      {
        cwd: folder,
        env: { PATH: process.env.PATH, CLOUDNATIVE_LAB_DIR: join(folder, 'no-lab'), NO_COLOR: '1', ...env },
      },
      (_error, stdout, stderr) => resolve({ code: child.exitCode!, stdout, stderr }),
    );
  });
}
