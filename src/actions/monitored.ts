import { badManifests, problemLine } from '../core/bad-manifests.ts';
import type { Manifest, ReadFolder } from '../core/kubernetes-object.ts';
import { mapLimit } from '../core/limit.ts';
import { podSpecOf } from '../manifests/pod-specs.ts';
import type { Deployed, Monitored } from '../observability/capabilities/capability.ts';
import { targetOf } from '../observability/objectives.ts';
import { parseQuantity } from '../policy/schema/scalars.ts';
import type { Environment, Service, Workspace } from '../workspace/model.ts';
import type { CheckedFolder } from './check.ts';

/** The service as monitoring sees it. */
export function monitored({ name, language, calls, objectives }: Service, workspace: Workspace): Monitored {
  return { app: workspace.name, service: name, language, calls, target: targetOf(objectives) };
}

/** Services in one environment, with the limits that their manifests set. Throws E_MANIFEST (3) for those that cannot be read. */
export async function deployed(
  services: readonly { service: Service; manifests: CheckedFolder }[],
  deps: { workspace: Workspace; environment: Environment; readFolder?: ReadFolder },
): Promise<Deployed[]> {
  const { workspace, environment, readFolder } = deps;
  return mapLimit(services, 4, async ({ service, manifests }) => ({
    ...monitored(service, workspace),
    environment: environment.name,
    namespace: namespaceOf(workspace, environment),
    memoryLimit: readFolder && (await memoryLimit(service.name, manifests, readFolder)),
    place: environment.target,
  }));
}

/** As the scrape configuration has it. */
export function namespaceOf(workspace: Workspace, { target, namespace }: Environment): string {
  return target === 'kubernetes' ? namespace! : workspace.name;
}

async function memoryLimit(
  service: string,
  { folder, release }: CheckedFolder,
  readFolder: ReadFolder,
): Promise<number | undefined> {
  const { manifests, problems } = await readFolder(folder, release);
  if (problems.length > 0) throw badManifests(problems.map(problemLine));
  const limits = manifests.flatMap((manifest) => limitOf(manifest, service));
  return limits.length > 0 ? Math.min(...limits) : undefined;
}

/** Of the container named like the service, in what runs for as long as it is deployed. */
function limitOf({ object }: Manifest, service: string): number[] {
  if (!['Deployment', 'StatefulSet', 'DaemonSet'].includes(object.kind)) return [];
  const container = podSpecOf(object)?.containers?.find(({ name }) => name === service);
  const { resources } = (container ?? {}) as { resources?: { limits?: { memory?: unknown } | null } | null };
  const limit = parseQuantity(resources?.limits?.memory);
  return limit !== undefined && limit > 0 ? [limit] : [];
}
