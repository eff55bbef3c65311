import { spawn } from 'node:child_process';
import type { Built } from './build.ts';

export interface LogLine {
  time: string;
  level: string;
  msg: string;
  [field: string]: unknown;
}

/** The service's program, once started. */
export interface Program {
  stdout(): string;
  stderr(): string;
  /** Every line of standard output so far, each of which must be a JSON object. */
  logs(): LogLine[];
  signal(name: 'SIGTERM' | 'SIGINT' | 'SIGKILL'): void;
  /** The exit code, or the name of the signal that ended it. */
  exit: Promise<number | string>;
}

/** Starts the program with nothing but these variables and what it needs to be found. */
export function startProgram(built: Built, env: Record<string, string>, args: string[] = []): Program {
  const [program = '', ...given] = built.run;
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(program, [...given, ...args], {
    cwd: built.dir,
    env: { PATH, HOME, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (chunk) => (output.stdout += chunk));
  child.stderr.setEncoding('utf8').on('data', (chunk) => (output.stderr += chunk));
  return {
    stdout: () => output.stdout,
    stderr: () => output.stderr,
    logs: () => output.stdout.split('\n').slice(0, -1).map(parseLine),
    signal: (name) => child.kill(name),
    exit: new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (code, signal) => resolve(code ?? signal ?? 'unknown'));
    }),
  };
}

/** Runs the program to its end. */
export async function runProgram(built: Built, env: Record<string, string>, args: string[] = []) {
  const program = startProgram(built, env, args);
  const code = await program.exit;
  return { code, stdout: program.stdout(), stderr: program.stderr() };
}

function parseLine(line: string): LogLine {
  const parsed = JSON.parse(line);
  if (typeof parsed !== 'object' || parsed === null) throw new Error(`not a JSON object: ${line}`);
  return parsed;
}
