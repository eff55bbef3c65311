import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createSecureContext } from 'node:tls';
import { readKubernetesYaml } from '../../../core/kubernetes-yaml.ts';
import type { Access } from './kubeconfig.ts';

/**
 * Access by one kubeconfig that says all there is to know in itself: an https server, its authority, a token or a certificate.
 * Undefined for every other one, and for one with a mistake: those are for the client library, which takes longer to load than
 * the rest of a command does.
 */
export async function plainAccess(context: string, kubeconfig?: string): Promise<Access | undefined> {
  const config = await readConfig(kubeconfig);
  const place = named(config?.contexts, context)?.context;
  const cluster = named(config?.clusters, place?.cluster)?.cluster;
  const user = named(config?.users, place?.user)?.user;
  if (!cluster || !user || !isPlain(cluster, clusterFields) || !isPlain(user, userFields)) return undefined;
  const { server = '', 'certificate-authority-data': authority } = cluster;
  const { token, 'client-certificate-data': certificate, 'client-key-data': key } = user;
  if (!server.startsWith('https://') || !URL.canParse(server)) return undefined;
  const tls = { ca: decoded(authority), cert: decoded(certificate), key: decoded(key) };
  try {
    createSecureContext(tls);
  } catch {
    return undefined;
  }
  return { server: new URL(server), tls, headers: token ? { authorization: `Bearer ${token}` } : {} };
}

const clusterFields = ['server', 'certificate-authority-data'];
const userFields = ['token', 'client-certificate-data', 'client-key-data'];

interface Config {
  contexts?: unknown;
  clusters?: unknown;
  users?: unknown;
}

async function readConfig(kubeconfig?: string): Promise<Config | undefined> {
  const listed = process.env.KUBECONFIG?.split(delimiter).filter(Boolean) ?? [];
  const files = kubeconfig ? [kubeconfig] : listed.length > 0 ? listed : [join(homedir(), '.kube', 'config')];
  if (files.length > 1) return undefined;
  try {
    const { documents, problems } = readKubernetesYaml(await readFile(files[0]!, 'utf8'));
    return documents.length === 1 && problems.length === 0 ? (documents[0]!.value as Config) : undefined;
  } catch {
    return undefined;
  }
}

type Entry = { name?: unknown } & Partial<Record<'context' | 'cluster' | 'user', Record<string, string>>>;

/** The one of this name; undefined also where there are two. */
function named(list: unknown, name: string | undefined): Entry | undefined {
  const found = Array.isArray(list) ? (list as (Entry | null)[]).filter((entry) => entry?.name === name) : [];
  return found.length === 1 ? found[0]! : undefined;
}

function isPlain(fields: Record<string, unknown>, known: readonly string[]): boolean {
  return Object.entries(fields).every(([name, value]) => known.includes(name) && typeof value === 'string');
}

function decoded(text: string | undefined): Buffer | undefined {
  return text === undefined ? undefined : Buffer.from(text, 'base64');
}
