import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createCommandBuilder } from '../../../src/builds/command/command-builder.ts';
import { Cancelled } from '../../../src/core/errors.ts';
import { identify } from '../../../src/system/process-identity.ts';
import type { Service } from '../../../src/workspace/model.ts';
import { failure, until } from './place.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cloudnative-build-'));
  write('src/main.js', 'one');
  write('.dockerignore', '*\n!src\n');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const builder = () => createCommandBuilder({ stateDir: join(folder, '.state') });
const never = new AbortController().signal;

/** A build that copies src/main.js to dist/main.js and counts its runs. */
const copy = [
  process.execPath,
  '-e',
  `const fs = require('fs'); fs.mkdirSync('dist', { recursive: true });
   fs.copyFileSync('src/main.js', 'dist/main.js'); fs.appendFileSync('count', 'x');`,
];
const runs = () =>
  existsSync(join(folder, 'count')) ? readFileSync(join(folder, 'count'), 'utf8').length : 0;

describe('a build', () => {
  it('is pending until it was made, and skipped while nothing changes', async () => {
    const service = make({ build: [copy] });
    const before = await builder().find(service);
    expect(before).toEqual({
      kind: 'command',
      digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
      pending: true,
    });
    expect(existsSync(join(folder, '.state'))).toBe(false);
    const progress: string[] = [];
    const built = await builder().build(service, {
      signal: never,
      onProgress: (line) => progress.push(line),
    });
    expect(built).toEqual({
      artifact: { ...before, pending: false },
      detail: process.execPath,
      skipped: false,
    });
    expect(progress).toEqual([process.execPath]);
    expect(await builder().find(service)).toEqual({ ...before, pending: false });
    expect(await builder().build(service, { signal: never })).toEqual({
      artifact: { ...before, pending: false },
      detail: 'unchanged',
      skipped: true,
    });
    expect(runs()).toBe(1);
  });

  it('is made again when a source, the command or what it made has changed', async () => {
    const service = make({ build: [copy] });
    const first = await builder().build(service, { signal: never });
    write('src/main.js', 'two');
    expect(await builder().find(service)).toMatchObject({ pending: true });
    const second = await builder().build(service, { signal: never });
    expect(second.artifact).not.toEqual(first.artifact);
    expect(readFileSync(join(folder, 'dist/main.js'), 'utf8')).toBe('two');
    rmSync(join(folder, 'dist'), { recursive: true });
    expect(await builder().find(service)).toEqual({ ...second.artifact, pending: true });
    await builder().build(service, { signal: never });
    expect(await builder().find(make({ build: [[...copy, '--other']] }))).toMatchObject({ pending: true });
    expect(runs()).toBe(3);
  });

  it('does not depend on what only concerns images, or is left out of them', async () => {
    const { digest } = (await builder().find(make({ build: [copy] }))) as { digest: string };
    write('Dockerfile', 'FROM scratch');
    write('README.md', 'words');
    write('.dockerignore', '*\n!src\n# a remark\n');
    expect(await builder().find(make({ build: [copy] }))).toMatchObject({ digest });
  });

  it('is not needed where there are no commands', async () => {
    const service = make({ build: [] });
    expect(await builder().find(service)).toMatchObject({ pending: false });
    expect(await builder().build(service, { signal: never })).toMatchObject({ skipped: true });
  });

  it('of one service is made once, however many ask at the same time', async () => {
    const service = make({ build: [copy] });
    const built = await Promise.all([1, 2, 3].map(() => builder().build(service, { signal: never })));
    expect(built.filter(({ skipped }) => !skipped)).toHaveLength(1);
    expect(runs()).toBe(1);
  });
});

describe('npm ci', () => {
  beforeEach(() => {
    write('package.json', '{"name":"orders","version":"1.0.0"}');
    write('package-lock.json', '{"name":"orders","version":"1.0.0","lockfileVersion":3,"packages":{}}');
    write('node_modules/left-over/index.js', '');
  });
  const install = ['npm', 'ci', '--offline', '--no-audit', '--no-fund'];
  const details = async (service: Service) => {
    write('src/main.js', `${Math.random()}`);
    return (await builder().build(service, { signal: never })).detail;
  };

  it('is repeated only when what it depends on has changed', async () => {
    const service = make({ build: [install, copy] });
    const withInstall = `npm ci, ${process.execPath}`;
    expect(await details(service)).toBe(withInstall);
    expect(await details(service)).toBe(process.execPath);
    const packages = make({ build: [[...install, '--include=dev'], copy] });
    write('tool/package.json', '{"name":"tool","version":"1.0.0"}');
    write('package.json', '{"name":"orders","version":"1.0.0","dependencies":{"tool":"file:tool"}}');
    write(
      'package-lock.json',
      '{"name":"orders","version":"1.0.0","lockfileVersion":3,"requires":true,"packages":{"":{"name":"orders","version":"1.0.0","dependencies":{"tool":"file:tool"}},"node_modules/tool":{"resolved":"tool","link":true},"tool":{"version":"1.0.0"}}}',
    );
    expect(await details(packages)).toBe(withInstall);
    expect(await details(packages)).toBe(process.execPath);
    expect(await details(service)).toBe(withInstall);
    write('.npmrc', 'fund=false\n');
    expect(await details(service)).toBe(withInstall);
    expect(await details(service)).toBe(process.execPath);
    rmSync(join(folder, 'node_modules'), { recursive: true });
    expect(await details(service)).toBe(withInstall);
  });

  it('that failed is repeated', async () => {
    const lock = readFileSync(join(folder, 'package-lock.json'), 'utf8');
    write('package-lock.json', 'no lockfile');
    const service = make({ build: [install, copy] });
    await failure(builder().build(service, { signal: never }));
    await failure(builder().build(service, { signal: never }));
    write('package-lock.json', lock);
    expect(await details(service)).toBe(`npm ci, ${process.execPath}`);
  });
});

describe('a virtual environment', () => {
  const environment = ['python3', '-m', 'venv', '--without-pip', '.venv'];
  const install = ['.venv/bin/python', '-m', 'pip', 'install', '--no-index', '-r', 'requirements.txt'];
  const details = async (service: Service) => {
    write('src/main.js', `${Math.random()}`);
    return (await builder().build(service, { signal: never })).detail;
  };
  /** In place of pip, which would want packages. */
  const writePip = () => write('pip/__main__.py', 'open("installed", "a").write("x")');
  const installs = () => readFileSync(join(folder, 'installed'), 'utf8').length;

  it('is made and filled again only when what they depend on has changed', async () => {
    writePip();
    write('requirements.txt', '');
    const service = make({ build: [environment, install, copy] });
    const filled = `.venv/bin/python -m pip install, ${process.execPath}`;
    expect(await details(service)).toBe(`python3 -m venv, ${filled}`);
    expect(await details(service)).toBe(process.execPath);
    write('requirements.txt', 'fastapi==0.165.0');
    expect(await details(service)).toBe(filled);
    expect(await details(service)).toBe(process.execPath);
    expect(installs()).toBe(2);
    rmSync(join(folder, '.venv'), { recursive: true });
    expect(await details(service)).toBe(`python3 -m venv, ${filled}`);
  });

  it('is made and filled again when its Python is another one', async () => {
    writePip();
    write('requirements.txt', '');
    const service = make({ build: [environment, install] });
    await details(service);
    const python = join(folder, '.venv/bin/python');
    const real = realpathSync(python);
    write('other/python', `#!/bin/sh\nexec ${real} "$@"\n`);
    chmodSync(join(folder, 'other/python'), 0o755);
    rmSync(python);
    symlinkSync(join(folder, 'other/python'), python);
    expect(await details(service)).toBe('python3 -m venv, .venv/bin/python -m pip install');
  });
});

describe('a build that fails', () => {
  it('shows the end of its output, neutralised, and is tried again', async () => {
    const script =
      'for (let i = 1; i <= 40; i++) console.log("line " + i); console.error("\\u001b[31mTS2304: no name\\u001b[0m"); process.exit(2)';
    const argv = [process.execPath, '-e', script];
    const service = make({ build: [[process.execPath, '-e', '0'], argv] });
    const explanation = await failure(builder().build(service, { signal: never }));
    expect(explanation).toMatchObject({
      code: 'E_BUILD_FAILED',
      exit: 'failure',
      message: 'orders cannot be built: it exits with code 2',
      where: `orders, ${argv.join(' ')}`,
    });
    expect(explanation.why).toHaveLength(30);
    expect(explanation.why).toContain('TS2304: no name');
    expect(explanation.why).toContain('line 40');
    expect(await builder().find(service)).toMatchObject({ pending: true });
  });

  it('is not forgotten when the sources become what they were: it may have overwritten what was built', async () => {
    const service = make({
      build: [
        [...copy],
        [process.execPath, '-e', "if (require('fs').readFileSync('src/main.js') == 'bad') process.exit(1)"],
      ],
    });
    await builder().build(service, { signal: never });
    write('src/main.js', 'bad');
    await failure(builder().build(service, { signal: never }));
    write('src/main.js', 'one');
    expect(await builder().find(service)).toMatchObject({ pending: true });
    await builder().build(service, { signal: never });
    expect(readFileSync(join(folder, 'dist/main.js'), 'utf8')).toBe('one');
  });

  it('names a program that does not exist', async () => {
    const explanation = await failure(
      builder().build(make({ build: [['no-such-compiler', 'build']] }), { signal: never }),
    );
    expect(explanation).toMatchObject({
      code: 'E_TOOL_MISSING',
      exit: 'notFound',
      message: 'orders cannot be built: there is no program "no-such-compiler"',
      where: 'orders, no-such-compiler build',
    });
  });

  it('names a program that nobody may run', async () => {
    write('tool', 'x');
    const explanation = await failure(builder().build(make({ build: [['./tool']] }), { signal: never }));
    expect(explanation).toMatchObject({ code: 'E_BUILD_FAILED', message: expect.stringContaining('EACCES') });
  });

  it('notices when it has not made what shall run', async () => {
    const service = make({ build: [[process.execPath, '-e', '0']], run: ['bin/orders'] });
    expect(await failure(builder().build(service, { signal: never }))).toMatchObject({
      code: 'E_BUILD_FAILED',
      message: 'orders was built, but there is no bin/orders to run',
    });
  });

  it('when interrupted ends all that it has started, also what does not want to', async () => {
    const script = `process.on('SIGTERM', () => {});
      const child = require('child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
      require('fs').writeFileSync('pids', process.pid + ' ' + child.pid);
      setInterval(() => {}, 1000);`;
    const stop = new AbortController();
    const building = builder().build(make({ build: [[process.execPath, '-e', script]] }), {
      signal: stop.signal,
    });
    const pids = () =>
      (existsSync(join(folder, 'pids')) ? readFileSync(join(folder, 'pids'), 'utf8') : '').split(' ');
    await until('it runs', () => pids().length === 2);
    stop.abort(new Cancelled('interrupted'));
    await expect(building).rejects.toThrow(Cancelled);
    expect(pids().map((pid) => identify(Number(pid)))).toEqual([undefined, undefined]);
  });
});

function write(path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

function make({
  build,
  run = [process.execPath, 'dist/main.js'],
}: {
  build: string[][];
  run?: string[];
}): Service {
  return {
    name: 'orders',
    language: 'ts',
    folder,
    path: '.',
    ports: { http: 8080, admin: 9100 },
    image: { dockerfile: join(folder, 'Dockerfile'), context: folder, args: {} },
    build,
    run,
    calls: [],
    env: {},
    manifests: join(folder, 'deploy/kubernetes'),
  };
}
