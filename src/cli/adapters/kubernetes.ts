import { ExpectedError } from '../../core/errors.ts';
import type { ReadFolder, ReadManifests } from '../../core/kubernetes-object.ts';
import { podJobs } from '../../observability/pod-jobs.ts';
import type { ScrapedWorkload } from '../../observability/scrape-config.ts';
import type { Credentials } from '../../system/registry-credentials.ts';
import type { PullSecretOptions } from '../../targets/kubernetes/plan/pull-secret.ts';
import type { Environment, Workspace } from '../../workspace/model.ts';
import type { AllowedFlags, EnvironmentFlags } from '../flags.ts';
import type { Adapter } from './adapter.ts';
import { engineBuilder, openEngine } from './docker.ts';

/** Services as the cluster's objects, in the environment's own context and namespace; images come from its registry. */
export function kubernetesAdapter(
  workspace: Workspace,
  environment: Environment,
  flags: EnvironmentFlags & Partial<AllowedFlags>,
  signal?: AbortSignal,
): Adapter {
  const scope = { app: workspace.name, environment: environment.name, flags: environment.flags };
  const namespace = environment.namespace!;
  const sources = readOnce(flags);
  return {
    target: async () => {
      const { createKubernetesTarget } = await import('../../targets/kubernetes/kubernetes-target.ts');
      return createKubernetesTarget({
        readManifests: (await sources()).readManifests,
        registry: environment.registry ?? workspace.registry,
        readiness: workspace.readiness,
        pullSecret: await pullSecretOf(workspace, environment, flags),
        scope,
        context: environment.context!,
        namespace,
        kubeconfig: flags.kubeconfig,
        allowed: allowedBy(flags),
        pruneKinds: flags.pruneKind,
        deleteNamespace: flags.deleteNamespace,
        signal,
      });
    },
    supply: async () => {
      if (flags.manifests !== undefined)
        return { builder: (await import('../../builds/nothing-to-build.ts')).nothingToBuild };
      const { createRegistryPublisher } = await import('../../builds/registry/registry-publisher.ts');
      const engine = await openEngine(environment.host);
      return {
        builder: await engineBuilder(workspace.name, environment.host),
        publisher: createRegistryPublisher({ engine, registry: registryOf(workspace, environment) }),
      };
    },
    readFolder: async () => (await sources()).readFolder,
    scrapeSource: async () => ({
      kind: 'kubernetes',
      namespace,
      ...(flags.manifests === undefined
        ? {}
        : { workloads: await workloadsOf(workspace, namespace, sources) }),
    }),
    holdings: async (source) => {
      const jobs = source.kind === 'kubernetes' ? podJobs({ ...scope, services: [] }, source) : [];
      const { listPods } = await import('../../targets/kubernetes/list-pods.ts');
      const namespaces = [...new Set(jobs.map(({ pods }) => pods.namespace))];
      const pods = await listPods({
        context: environment.context!,
        kubeconfig: flags.kubeconfig,
        namespaces,
        signal: signal ?? new AbortController().signal,
      });
      return { pods };
    },
  };
}

/** Of an app that is a folder: what of it makes pods. */
async function workloadsOf(
  { name, services: [service] }: Workspace,
  namespace: string,
  sources: ReturnType<typeof readOnce>,
): Promise<ScrapedWorkload[]> {
  const { scrapedWorkloads } = await import('../../observability/scraped-workloads.ts');
  const { readManifests } = await sources();
  const manifests = await readManifests(service!.manifests, { name, namespace });
  return scrapedWorkloads(
    manifests.map(({ object }) => object),
    namespace,
  );
}

function allowedBy({ forceConflicts = [], replace = [], preflight = true }: Partial<AllowedFlags>) {
  return { forceConflicts, replace, preflight };
}

async function pullSecretOf(
  workspace: Workspace,
  environment: Environment,
  flags: Partial<AllowedFlags>,
): Promise<PullSecretOptions | undefined> {
  const registry = flags.pullSecret
    ? registryOf(workspace, environment)
    : (environment.registry ?? workspace.registry);
  if (!registry) return undefined;
  const { parseReference } = await import('../../builds/registry/image-reference.ts');
  const host = parseReference(`${registry}/image`)?.host;
  if (host === undefined) return undefined;
  let known: Promise<Credentials> | undefined;
  const credentials = async () => {
    const { registryCredentials } = await import('../../system/registry-credentials.ts');
    known ??= registryCredentials(host);
    return known;
  };
  return { host, ...(flags.pullSecret ? { credentials } : {}) };
}

/** Reads manifests as `sources` does, each folder once in a run: what was checked is what is deployed. */
function readOnce({ recursive }: Pick<EnvironmentFlags, 'recursive'>): () => Promise<{
  readFolder: ReadFolder;
  readManifests: ReadManifests;
}> {
  const known = new Map<string, ReturnType<ReadFolder>>();
  return async () => {
    const { manifestsOf, readFolder: read } = await import('../../sources/read-manifests.ts');
    const readFolder: ReadFolder = (folder, release) => {
      const key = JSON.stringify([folder, release]);
      const found = known.get(key) ?? read(folder, { ...release, recursive });
      known.set(key, found);
      return found;
    };
    return { readFolder, readManifests: manifestsOf(readFolder) };
  };
}

/** The prefix of pushed images; throws E_NO_REGISTRY (4) where neither the environment nor the workspace names one. */
export function registryOf(workspace: Workspace, environment: Environment): string {
  const registry = environment.registry ?? workspace.registry;
  if (registry) return registry;
  throw new ExpectedError({
    code: 'E_NO_REGISTRY',
    exit: 'notFound',
    message: 'there is no registry to push to',
    where: 'cloudnative.yaml',
    hints: [`set registry: to the prefix of your images, e.g. registry.example.com/${workspace.name}`],
  });
}
