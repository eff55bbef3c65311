import { ExpectedError } from '../../../core/errors.ts';
import { apiGroup } from '../../../core/kubernetes-object.ts';
import { notDeployed } from '../../../core/not-deployed.ts';
import { placeFlags } from '../../../core/place-flags.ts';
import type { QuietService } from '../../target.ts';
import type { Cluster } from '../cluster.ts';
import { type Member, readRecord } from '../record/app-record.ts';
import { workloadKinds } from '../rollout/workloads.ts';

/** Of the services without workloads those that are deployed all the same, by the app's record, as far as it can be read. */
export async function quietServices(
  services: readonly string[],
  cluster: Pick<Cluster, 'api' | 'scope' | 'namespace' | 'context' | 'kubectl'>,
): Promise<QuietService[]> {
  const record = await readRecord(cluster).catch((error: unknown) => {
    if (error instanceof ExpectedError && unreadable.includes(error.explanation.code)) return undefined;
    throw error;
  });
  return services.flatMap((service) => {
    const objects = (record?.members ?? []).filter((member) => member.service === service && member.uid);
    // Nobody but a person removes such workloads, and what is left of the service then is not the service.
    const isBroken = objects.some(isLasting);
    return objects.length > 0 && !isBroken ? [{ service, what: whatThereIs(objects) }] : [];
  });
}

/** For what only pods can do: E_NO_WORKLOADS (4) for deployed services that have none, else E_NOT_DEPLOYED (4). */
export async function noWorkloads(
  services: readonly string[],
  lacking: string,
  cluster: Cluster,
): Promise<ExpectedError> {
  const quiet = await quietServices(services, cluster);
  const { app, environment, flags } = cluster.scope;
  if (quiet.length === 0) return notDeployed(services, cluster.scope);
  const names = quiet.map(({ service }) => service);
  return new ExpectedError({
    code: 'E_NO_WORKLOADS',
    exit: 'notFound',
    message: `${names.join(', ')} ${names.length === 1 ? 'has' : 'have'} ${lacking}`,
    where: `${app}, environment ${environment}`,
    why: quiet.map(({ service, what }) => `${service} is deployed: ${what}`),
    hints: [`cloudnative status ${placeFlags({ environment, flags })}`],
  });
}

/** The rest of what is asked for can be told without it. */
const unreadable: readonly string[] = ['E_FORBIDDEN', 'E_RECORD'];

/** Of workloads all but Jobs, which may go once they have ended. */
function isLasting({ kind, group }: Member): boolean {
  return workloadKinds.some((one) => one.kind === kind && apiGroup(one) === group && kind !== 'Job');
}

function whatThereIs(objects: readonly Member[]): string {
  const timed = objects.filter(({ kind, group }) => kind === 'CronJob' && group === 'batch');
  const jobs = timed.map(({ name }) => `CronJob/${name}`).join(', ');
  return `${objects.length} object${objects.length === 1 ? '' : 's'}, ${jobs || 'no workloads'}`;
}
