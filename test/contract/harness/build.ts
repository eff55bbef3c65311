import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { type Language, renderService } from '../../support/render-service.ts';

/** A generated service that is ready to start. */
export interface Built {
  language: Language;
  dir: string;
  /** Program and arguments, run in `dir`. */
  run: string[];
}

interface ServiceFile {
  build: string[][];
  run: string[];
}

/** Generates a service into a new folder and builds it with its own commands. */
export async function buildService(language: Language, calls: string[] = []): Promise<Built> {
  const dir = await mkdtemp(join(tmpdir(), `contract-${language}-`));
  try {
    await renderService({ language, name: 'order-desk', app: 'shop', calls, into: dir });
    const { build, run }: ServiceFile = parse(await readFile(join(dir, 'service.yaml'), 'utf8'));
    for (const command of build) await execute(command, dir);
    return { language, dir, run };
  } catch (error) {
    await rm(dir, { recursive: true, force: true });
    throw error;
  }
}

export async function removeService(built: Built): Promise<void> {
  await rm(built.dir, { recursive: true, force: true });
}

function execute([program = '', ...args]: string[], cwd: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`${[program, ...args].join(' ')} ended with ${code}\n${output}`));
    });
  });
}
