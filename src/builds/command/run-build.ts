import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { ExpectedError } from '../../core/errors.ts';
import { plainText } from '../../core/terminal-text.ts';
import { runChild } from '../../system/child.ts';
import type { Service } from '../../workspace/model.ts';
import type { BuildOptions } from '../builder.ts';
import { isInstalled, noteInstalled } from './installs.ts';

const shownLines = 30;

/** Runs the build commands in order and returns those that were needed. Throws E_BUILD_FAILED (1) with the end of the output, E_TOOL_MISSING (4). */
export async function runBuild(
  service: Service,
  { signal, onProgress }: BuildOptions,
): Promise<readonly (readonly string[])[]> {
  const needed = [];
  for (const argv of service.build) {
    if (isInstalled(argv, service.folder)) continue;
    needed.push(argv);
    onProgress?.(commandText(argv));
    const last: string[] = [];
    const onLine = (line: string) => {
      if (last.push(plainText(line)) > shownLines) last.shift();
    };
    const end = await runChild(argv, { cwd: service.folder, signal, onLine });
    if (end.how === 'missing') throw toolMissing(service, argv);
    if (end.how === 'failed') throw buildFailed(service, argv, end.reason, last);
    noteInstalled(argv, service.folder);
  }
  const [program] = service.run;
  if (program?.includes('/') && !existsSync(resolve(service.folder, program)))
    throw nothingToRun(service, program);
  return needed;
}

/** The command without its flags: `go build`, `npm run build`, `python3 -m venv .venv`. */
export function commandText(argv: readonly string[]): string {
  const flag = argv.findIndex((word) => word.startsWith('-') && word !== '-m');
  return argv.slice(0, flag < 0 ? argv.length : Math.max(1, flag)).join(' ');
}

function buildFailed(
  { name, folder }: Service,
  argv: readonly string[],
  reason: string,
  last: readonly string[],
): ExpectedError {
  return new ExpectedError({
    code: 'E_BUILD_FAILED',
    exit: 'failure',
    message: `${name} cannot be built: ${reason}`,
    where: `${name}, ${argv.join(' ')}`,
    why: last.length > 0 ? last : ['it has printed nothing'],
    hints: [`run it by hand: (cd ${folder} && ${argv.join(' ')})`],
  });
}

function toolMissing({ name, folder }: Service, argv: readonly string[]): ExpectedError {
  return new ExpectedError({
    code: 'E_TOOL_MISSING',
    exit: 'notFound',
    message: `${name} cannot be built: there is no program "${argv[0]}"`,
    where: `${name}, ${argv.join(' ')}`,
    why: `it is neither on the PATH nor in ${folder}`,
    hints: [`install ${argv[0]}, or change build: in ${name}'s service.yaml`],
  });
}

function nothingToRun({ name, build }: Service, program: string): ExpectedError {
  return new ExpectedError({
    code: 'E_BUILD_FAILED',
    exit: 'failure',
    message: `${name} was built, but there is no ${program} to run`,
    where: `${name}, ${build.map((argv) => argv.join(' ')).join(', ')}`,
    why: 'build: has made something else than run: starts',
    hints: [`correct build: or run: in ${name}'s service.yaml`],
  });
}
