import type { KubernetesObject } from '../../../core/kubernetes-object.ts';
import { matchesSelector, type Selector } from '../../../core/label-selector.ts';
import { ApiError, isForbidden } from '../api/api-error.ts';
import { pathOf } from '../api/discovery.ts';
import { listAll } from '../api/lists.ts';
import { type Cluster, getObject } from '../cluster.ts';
import { namespacePath } from '../home.ts';

export interface GroupResource {
  /** Empty for the core group. */
  group: string;
  /** Plural. */
  resource: string;
}

/**
 * Whether anything in the cluster judges, changes or counts objects of a resource when they are created in the app's namespace. Where we
 * may not look, everything may.
 */
export async function interferes(cluster: Cluster): Promise<(resource: GroupResource) => boolean> {
  const registered = (name: string) => listed(name, 'admissionregistration.k8s.io', cluster);
  const [home, quotas, webhooks, policies, bindings] = await Promise.all([
    ifAllowed(getObject(cluster, namespacePath(cluster.namespace))),
    listed('resourcequotas', '', cluster),
    all([registered('validatingwebhookconfigurations'), registered('mutatingwebhookconfigurations')]),
    all([registered('validatingadmissionpolicies'), registered('mutatingadmissionpolicies')]),
    all([registered('validatingadmissionpolicybindings'), registered('mutatingadmissionpolicybindings')]),
  ]);
  if (!home || !quotas || !webhooks || !policies || !bindings) return () => true;
  if (quotas.length > 0) return () => true;
  const labels = home.metadata.labels ?? {};
  const scopes = [
    ...webhooks.flatMap((one) => (one as Webhooks).webhooks ?? []),
    ...policies.flatMap((policy) => boundScopes(policy as Policy, bindings as Binding[], labels)),
  ].filter(({ namespaceSelector }) => includes(namespaceSelector, labels));
  // A judge without rules is for everything.
  const rules = scopes.flatMap(({ rules, resourceRules }) => rules ?? resourceRules ?? [{}]);
  return (resource) => rules.some((rule) => matches(rule, resource));
}

interface Rule {
  apiGroups?: string[];
  resources?: string[];
  operations?: string[];
}

/** What a webhook or a policy is about. */
interface JudgeScope {
  namespaceSelector?: Selector;
  rules?: Rule[];
  resourceRules?: Rule[];
}

interface Webhooks extends KubernetesObject {
  webhooks?: JudgeScope[];
}

interface Policy extends KubernetesObject {
  spec?: { matchConstraints?: JudgeScope };
}

interface Binding extends KubernetesObject {
  spec?: { policyName?: string; matchResources?: JudgeScope };
}

/** A policy is in force where it is bound. */
function boundScopes(
  { metadata, spec }: Policy,
  bindings: readonly Binding[],
  labels: Readonly<Record<string, string>>,
): JudgeScope[] {
  const isBound = bindings.some(
    ({ spec: binding }) =>
      binding?.policyName === metadata.name && includes(binding.matchResources?.namespaceSelector, labels),
  );
  return isBound ? [spec?.matchConstraints ?? {}] : [];
}

function includes(selector: Selector | undefined, labels: Readonly<Record<string, string>>): boolean {
  const { matchLabels = {}, matchExpressions = [] } = selector ?? {};
  const isEmpty = Object.keys(matchLabels).length + matchExpressions.length === 0;
  return isEmpty || matchesSelector(labels, selector);
}

function matches(
  { apiGroups = ['*'], resources = ['*'], operations = ['*'] }: Rule,
  { group, resource }: GroupResource,
): boolean {
  const names = resources.map((name) => name.split('/')[0]!);
  const has = (list: readonly string[], one: string) => list.includes('*') || list.includes(one);
  return has(apiGroups, group) && has(names, resource) && has(operations, 'CREATE');
}

/** All there are, none where the cluster does not know the kind, undefined when we may not list them. */
async function listed(
  name: string,
  group: string,
  { api, namespace, kinds }: Cluster,
): Promise<KubernetesObject[] | undefined> {
  const { preferred } = await kinds();
  const resource = preferred.find((one) => one.name === name && one.group === group);
  return resource ? ifAllowed(listAll(api, pathOf(resource, namespace), resource)) : [];
}

async function ifAllowed<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (isForbidden(error) || error instanceof ApiError) return undefined;
    throw error;
  }
}

async function all(
  lists: readonly Promise<KubernetesObject[] | undefined>[],
): Promise<KubernetesObject[] | undefined> {
  const read = await Promise.all(lists);
  return read.every((list) => list !== undefined) ? read.flat() : undefined;
}
