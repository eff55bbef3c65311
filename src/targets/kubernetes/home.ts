import { isForbidden, isNotFound } from './api/api-error.ts';
import { type Cluster, getObject } from './cluster.ts';

/** The state of the app's namespace. Who may not look at it is given rights in it, so it is there. */
export async function homeOf(
  cluster: Pick<Cluster, 'api' | 'namespace'>,
): Promise<'there' | 'missing' | 'going'> {
  try {
    const home = await getObject(cluster, namespacePath(cluster.namespace));
    if (!home) return 'missing';
    return home.metadata.deletionTimestamp ? 'going' : 'there';
  } catch (error) {
    if (isForbidden(error)) return 'there';
    throw error;
  }
}

/** Does what needs the app's namespace, and tells whether it was there for it. To try costs nothing where it is, as it mostly is. */
export async function inHome(
  cluster: Pick<Cluster, 'api' | 'namespace'>,
  work: () => Promise<void>,
): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    // Rights may come with the namespace.
    if ((isNotFound(error) || isForbidden(error)) && (await homeOf(cluster)) === 'missing') return false;
    throw error;
  }
}

export function namespacePath(namespace: string): string {
  return `/api/v1/namespaces/${encodeURIComponent(namespace)}`;
}
