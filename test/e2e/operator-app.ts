import { execFile } from 'node:child_process';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { root } from '../support/cli.ts';

const run = promisify(execFile);
const fixture = join(root, 'test/fixtures/kubernetes/operator');

/**
 * Writes the operator of the fixtures for a namespace: what is not in it bears its name too, so that tests do not meet. `change` gets
 * each file's text. Its volume is `volume` on the node.
 */
export async function writeOperator(
  folder: string,
  namespace: string,
  change: (file: string, text: string) => string = (_, text) => text,
): Promise<{ group: string; volume: string }> {
  const group = `${namespace}.example.com`;
  const { certificate, key } = await certificateFor(`webhook.${namespace}.svc`, folder);
  for (const file of await readdir(fixture)) {
    const text = (await readFile(join(fixture, file), 'utf8'))
      .replaceAll('messaging-system', namespace)
      .replaceAll('messaging.example.com', group)
      .replaceAll(/messaging-(viewer|store|queues)/g, `${namespace}-$1`)
      .replaceAll('CERTIFICATE', certificate)
      .replaceAll('PRIVATE_PART', key);
    await writeFile(join(folder, file), change(file, text));
  }
  return { group, volume: `/var/tmp/${namespace}-store` };
}

/** Of one folder it stays the same, so that a second writing changes nothing. */
async function certificateFor(host: string, folder: string): Promise<{ certificate: string; key: string }> {
  const [certificate, key] = [join(folder, '.crt'), join(folder, '.key')];
  const base64 = async (file: string) => (await readFile(file)).toString('base64');
  try {
    return { certificate: await base64(certificate), key: await base64(key) };
  } catch {
    const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
    const names = ['-subj', '/CN=webhook', '-addext', `subjectAltName=DNS:${host}`];
    await run('openssl', ['req', '-x509', ...kind, ...names, '-keyout', key, '-out', certificate]);
    return { certificate: await base64(certificate), key: await base64(key) };
  }
}

/** What the volume leaves on the node, which is this machine. */
export async function removeVolume(volume: string): Promise<void> {
  await rm(volume, { recursive: true, force: true });
}
