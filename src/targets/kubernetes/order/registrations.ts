import { apiGroup, type KubernetesObject } from '../../../core/kubernetes-object.ts';
import { type Item, type Items, kindOf } from './item.ts';
import type { Served } from './served.ts';

interface ServiceReference {
  name?: string;
  namespace?: string;
}

interface Webhook {
  clientConfig?: { service?: ServiceReference };
  rules?:
    | { apiGroups?: string[]; apiVersions?: string[]; resources?: string[]; operations?: string[] }[]
    | null;
}

/** What is served by pods of the same plan: which of its objects need those pods, or what registers them, first. */
export function registrations(items: Items, served: Served): (item: Item) => Item[] {
  const judges = items.all.filter(({ desired }) => webhooksOf(desired.object).length > 0);
  const behind = (service: ServiceReference | undefined, namespace: string | undefined) =>
    service?.namespace === namespace ? served.behind(service?.name) : [];
  return (item) => {
    const { object } = item.desired;
    const home = homeOf(items, object);
    const judging = judges.filter((judge) =>
      webhooksOf(judge.desired.object).some((webhook) => judgesObject(webhook, item)),
    );
    const converted = items
      .definitions(kindOf(object))
      .flatMap(({ desired }) => conversionOf(desired.object) ?? []);
    return [
      ...webhooksOf(object).flatMap(({ clientConfig }) => behind(clientConfig?.service, home)),
      ...aggregated(object).flatMap((service) => behind(service, home)),
      ...converted.flatMap((service) => behind(service, home)),
      ...judging,
    ];
  };
}

/** The namespace of the plan: that of the object, or of any, where the object is in none. */
function homeOf({ all }: Items, { metadata }: KubernetesObject): string | undefined {
  return (
    metadata.namespace ?? all.find(({ desired }) => desired.namespaced)?.desired.object.metadata.namespace
  );
}

function webhooksOf(object: KubernetesObject): Webhook[] {
  const isConfiguration =
    apiGroup(object) === 'admissionregistration.k8s.io' && object.kind.endsWith('WebhookConfiguration');
  const { webhooks } = object as { webhooks?: Webhook[] | null };
  return isConfiguration && Array.isArray(webhooks) ? webhooks : [];
}

function aggregated(object: KubernetesObject): ServiceReference[] {
  if (kindOf(object) !== 'apiregistration.k8s.io/APIService') return [];
  const { service } = (object.spec ?? {}) as { service?: ServiceReference | null };
  return service ? [service] : [];
}

function conversionOf({ spec }: KubernetesObject): ServiceReference | undefined {
  const { conversion } = (spec ?? {}) as {
    conversion?: { webhook?: { clientConfig?: { service?: ServiceReference } } };
  };
  return conversion?.webhook?.clientConfig?.service;
}

/** By the rules alone: selectors and match conditions can only make it fewer. */
function judgesObject({ rules }: Webhook, { desired }: Item): boolean {
  const { object, path } = desired;
  const resource = path.split('/').at(-2)!;
  const version = object.apiVersion.slice(object.apiVersion.indexOf('/') + 1);
  const has = (list: string[] | undefined, ...values: string[]) =>
    list?.some((entry) => values.includes(entry)) ?? false;
  return (rules ?? []).some(
    ({ apiGroups, apiVersions, resources, operations }) =>
      has(apiGroups, '*', apiGroup(object)) &&
      has(apiVersions, '*', version) &&
      has(resources, '*', '*/*', resource, `${resource}/*`) &&
      has(operations, '*', 'CREATE', 'UPDATE'),
  );
}
