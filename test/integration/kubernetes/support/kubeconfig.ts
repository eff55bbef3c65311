import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { lab } from '../../../support/lab.ts';

export interface KubeconfigChanges {
  cluster?: Record<string, unknown>;
  user?: Record<string, unknown>;
}

/** A kubeconfig for the lab, with some of its settings replaced: `{server}`, `{token}`. Its context is the lab's. */
export async function writeKubeconfig(folder: string, { cluster, user }: KubeconfigChanges): Promise<string> {
  const config = parse(readFileSync(lab.kubeconfig!, 'utf8'));
  if (cluster) Object.assign(config.clusters[0].cluster, cluster);
  if (user) config.users[0].user = user;
  const file = join(folder, `kubeconfig-${Math.random().toString(36).slice(2)}`);
  await writeFile(file, stringify(config), { mode: 0o600 });
  return file;
}

/** Plain HTTP is only accepted where the certificate is not checked. */
export function plainCluster(server: string): KubeconfigChanges['cluster'] {
  return { server, 'insecure-skip-tls-verify': true, 'certificate-authority-data': undefined };
}
