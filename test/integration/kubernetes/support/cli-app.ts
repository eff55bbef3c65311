import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cliOk } from '../../../support/cli.ts';
import { lab } from '../../../support/lab.ts';
import { tinyService } from '../../../support/tiny-service.ts';
import { type KubeconfigChanges, writeKubeconfig } from './kubeconfig.ts';
import { kubectl } from './kubectl.ts';

/** A workspace whose one service, `orders`, has the given manifests, for the built CLI; in a namespace of its own. */
export interface CliApp {
  name: string;
  namespace: string;
  folder: string;
  /** Replaces the manifests, by file name. */
  write(files: Record<string, string>): Promise<void>;
  /** Of a run in this workspace; against a proxy, say which. */
  run(through?: KubeconfigChanges): Promise<{ cwd: string; env: Record<string, string> }>;
  close(): Promise<void>;
}

export const environment = 'staging';

export async function openCliApp(files: Record<string, string>): Promise<CliApp> {
  const name = `faults-${randomBytes(3).toString('hex')}`;
  const folder = await mkdtemp(join(tmpdir(), 'cloudnative-faults-'));
  await cliOk(['init', '.', '--name', name], { cwd: folder });
  const service = await tinyService(join(folder, 'services'), 'orders');
  const manifests = join(service, 'deploy/kubernetes');
  const settings = { target: 'kubernetes', context: lab.context, namespace: name, host: lab.dockerHost };
  const file = join(folder, 'cloudnative.yaml');
  const text = await readFile(file, 'utf8');
  const added = text.replace(
    'environments:\n',
    `environments:\n  ${environment}: ${JSON.stringify(settings)}\n`,
  );
  await writeFile(file, `${added}registry: ${lab.registry}/${name}\n`);
  await kubectl(['create', 'namespace', name]);
  const app: CliApp = {
    name,
    namespace: name,
    folder,
    async write(given) {
      await rm(manifests, { recursive: true, force: true });
      await mkdir(manifests, { recursive: true });
      for (const [path, content] of Object.entries(given)) await writeFile(join(manifests, path), content);
    },
    run: async (through = {}) => ({
      cwd: folder,
      env: { KUBECONFIG: await writeKubeconfig(folder, through) },
    }),
    async close() {
      await kubectl(['delete', 'namespace', name, '--ignore-not-found', '--wait=false']);
      await rm(folder, { recursive: true, force: true });
    },
  };
  await app.write(files);
  return app;
}
