import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

export const root = new URL('../../', import.meta.url).pathname;
export const bin = join(root, 'bin/cloudnative.js');

export interface CliResult {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface CliOptions {
  cwd: string;
  env?: Record<string, string | undefined>;
  /** Milliseconds after which the run is killed and the test fails. */
  timeout?: number;
  /** Put before node, e.g. `['strace', '-f']`. */
  wrap?: readonly string[];
}

/** Runs the built CLI as a user would, without a terminal, and waits for its end. Nothing ambient reaches it: no kubeconfig, no engine. */
export async function cli(args: readonly string[], options: CliOptions): Promise<CliResult> {
  const { child, output } = startCli(args, options);
  const timer = setTimeout(() => child.kill('SIGKILL'), options.timeout ?? 240_000);
  const [code] = (await once(child, 'close')) as [number | null];
  clearTimeout(timer);
  return { code, ...output };
}

/** As `cli`, for a run that is to be watched or interrupted. */
export function startCli(
  args: readonly string[],
  options: CliOptions,
): { child: ChildProcess; output: { stdout: string; stderr: string } } {
  const [program, ...rest] = [...(options.wrap ?? []), process.execPath, bin, ...args];
  const child = spawn(program!, rest, {
    cwd: options.cwd,
    env: cleanEnvironment(options.env),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  child.stdout!.setEncoding('utf8').on('data', (text: string) => {
    output.stdout += text;
  });
  child.stderr!.setEncoding('utf8').on('data', (text: string) => {
    output.stderr += text;
  });
  return { child, output };
}

/** Runs the CLI and expects success; a failure shows both streams. */
export async function cliOk(args: readonly string[], options: CliOptions): Promise<CliResult> {
  const result = await cli(args, options);
  if (result.code !== 0)
    throw new Error(
      `cloudnative ${args.join(' ')} ended with ${result.code}\n${result.stdout}\n${result.stderr}`,
    );
  return result;
}

/** The data of the JSON document that a command prints. */
export async function cliJson<T>(args: readonly string[], options: CliOptions): Promise<T> {
  const { stdout } = await cliOk([...args, '-o', 'json'], options);
  return (JSON.parse(stdout) as { data: T }).data;
}

const ambient =
  /^(KUBECONFIG|DOCKER_|CLOUDNATIVE_|PROMETHEUS|PROMTOOL|FORCE_COLOR|NO_COLOR|CI$|VITEST|NODE_OPTIONS|NODE_ENV)/;

export function cleanEnvironment(extra: Record<string, string | undefined> = {}): Record<string, string> {
  const nowhere = { KUBECONFIG: '/nonexistent/kubeconfig', DOCKER_HOST: 'unix:///nonexistent/docker.sock' };
  const inherited = Object.entries(process.env).filter(([name]) => !ambient.test(name));
  const all = { ...Object.fromEntries(inherited), ...nowhere, LANG: 'C.UTF-8', ...extra };
  return Object.fromEntries(
    Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
