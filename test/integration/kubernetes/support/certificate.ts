import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

let made: Promise<{ key: string; cert: string }> | undefined;

/** A key for 127.0.0.1 with its own certificate, made once for a test file. */
export function selfSigned(): Promise<{ key: string; cert: string }> {
  made ??= make();
  return made;
}

async function make(): Promise<{ key: string; cert: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'cloudnative-certificate-'));
  const [key, cert] = [join(folder, 'key'), join(folder, 'cert')];
  try {
    const files = ['-keyout', key, '-out', cert];
    const kind = [
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:prime256v1',
      '-nodes',
      '-days',
      '2',
    ];
    const names = ['-subj', '/CN=fault-proxy', '-addext', 'subjectAltName=IP:127.0.0.1'];
    await run('openssl', ['req', ...kind, ...names, ...files]);
    return { key: await readFile(key, 'utf8'), cert: await readFile(cert, 'utf8') };
  } finally {
    await rm(folder, { recursive: true });
  }
}
