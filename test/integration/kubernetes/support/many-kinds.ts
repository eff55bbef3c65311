/** One object each of many kinds, without a pod that runs. `version` is what an upgrade changes, `cluster` a name for the cluster-wide one. */
export function manyKinds(cluster: string, version = 'one'): Record<string, string> {
  const labels = '{app.kubernetes.io/name: orders}';
  const template = `{metadata: {labels: ${labels}}, spec: {containers: [{name: orders, image: orders, env: [{name: VERSION, value: ${version}}]}]}}`;
  const workload = (kind: string, spec: string) =>
    `apiVersion: apps/v1\nkind: ${kind}\nmetadata: {name: orders}\nspec: {${spec} selector: {matchLabels: ${labels}}, template: ${template}}\n`;
  const job = `{template: {spec: {restartPolicy: Never, containers: [{name: orders, image: orders}]}}}`;
  const plain = (apiVersion: string, kind: string, rest: string, name = 'orders') =>
    `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: ${name}}\n${rest}\n`;
  const rules = `rules: [{apiGroups: [""], resources: [configmaps], verbs: [get]}]`;
  return {
    'account.yaml': plain('v1', 'ServiceAccount', ''),
    'config.yaml': plain('v1', 'ConfigMap', `data: {VERSION: ${version}}`),
    'secret.yaml': plain('v1', 'Secret', `stringData: {TOKEN: not-a-secret-${version}}`),
    'service.yaml': plain(
      'v1',
      'Service',
      `spec: {selector: ${labels}, ports: [{name: http, port: 80, targetPort: 8080}]}`,
    ),
    'limits.yaml': plain('v1', 'LimitRange', 'spec: {limits: [{type: Container, max: {cpu: "4"}}]}'),
    'quota.yaml': plain('v1', 'ResourceQuota', 'spec: {hard: {count/configmaps: "50"}}'),
    'deployment.yaml': workload('Deployment', 'replicas: 0,'),
    'set.yaml': workload('StatefulSet', 'replicas: 0, serviceName: orders,'),
    'daemons.yaml': workload('DaemonSet', '').replace(
      'spec: {containers',
      'spec: {nodeSelector: {none: "true"}, containers',
    ),
    'cron.yaml': plain(
      'batch/v1',
      'CronJob',
      `spec: {suspend: true, schedule: "0 0 1 1 *", jobTemplate: {spec: ${job}}}`,
    ),
    'budget.yaml': plain(
      'policy/v1',
      'PodDisruptionBudget',
      `spec: {maxUnavailable: 1, selector: {matchLabels: ${labels}}}`,
    ),
    'network.yaml': plain(
      'networking.k8s.io/v1',
      'NetworkPolicy',
      'spec: {podSelector: {}, policyTypes: [Ingress]}',
    ),
    'role.yaml': plain('rbac.authorization.k8s.io/v1', 'Role', rules),
    'binding.yaml': plain(
      'rbac.authorization.k8s.io/v1',
      'RoleBinding',
      'roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: orders}\nsubjects: [{kind: ServiceAccount, name: orders}]',
    ),
    'cluster.yaml': plain('rbac.authorization.k8s.io/v1', 'ClusterRole', rules, cluster),
  };
}

/** Less than half of them. */
export function fewKinds(cluster: string): Record<string, string> {
  const gone = [
    'account',
    'binding',
    'budget',
    'cluster',
    'config',
    'cron',
    'daemons',
    'role',
    'secret',
    'set',
  ];
  const files = Object.entries(manyKinds(cluster));
  return Object.fromEntries(files.filter(([file]) => !gone.includes(file.replace('.yaml', ''))));
}

/** What it takes to come from one version of `withFixed` to the other. */
export const replacing = ['--replace', 'Deployment/orders', '--replace', 'ConfigMap/fixed'];

/** Versions `one` and `two` have objects that the other has not, and objects with a field that is fixed once they are there. */
export function withFixed(cluster: string, version: 'one' | 'two'): Record<string, string> {
  const all = manyKinds(cluster, version);
  const only = ['cron', 'budget', 'binding'].map((file) => `${file}.yaml`);
  const common = Object.entries(all).filter(([file]) => version === 'one' || !only.includes(file));
  const plain = (kind: string, name: string, rest: string) =>
    `apiVersion: v1\nkind: ${kind}\nmetadata: {name: ${name}}\n${rest}\n`;
  return {
    ...Object.fromEntries(common),
    'deployment.yaml': all['deployment.yaml']!.replaceAll(
      '/name: orders}',
      `/name: orders, version: ${version}}`,
    ),
    'fixed.yaml': plain('ConfigMap', 'fixed', `immutable: true\ndata: {VERSION: ${version}}`),
    [`${version}.yaml`]: `${plain('ConfigMap', version, 'data: {}')}---\n${plain('Secret', version, '')}`,
  };
}
