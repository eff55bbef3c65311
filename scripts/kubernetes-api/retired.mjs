/** Removed before the Go types that still exist, or never among them. */
const older = {
  'apiextensions.k8s.io/v1beta1': {
    removed: 22,
    use: 'apiextensions.k8s.io/v1',
    kinds: ['CustomResourceDefinition'],
  },
  'apiregistration.k8s.io/v1beta1': { removed: 22, use: 'apiregistration.k8s.io/v1', kinds: ['APIService'] },
  'autoscaling/v2beta1': { removed: 25, use: 'autoscaling/v2', kinds: ['HorizontalPodAutoscaler'] },
  'autoscaling/v2beta2': { removed: 26, use: 'autoscaling/v2', kinds: ['HorizontalPodAutoscaler'] },
  'batch/v2alpha1': { removed: 21, use: 'batch/v1', kinds: ['CronJob'] },
  'scheduling.k8s.io/v1beta1': { removed: 22, use: 'scheduling.k8s.io/v1', kinds: ['PriorityClass'] },
  'scheduling.k8s.io/v1alpha1': { removed: 22, use: 'scheduling.k8s.io/v1', kinds: ['PriorityClass'] },
  'storage.k8s.io/v1beta1': {
    removed: 22,
    use: 'storage.k8s.io/v1',
    kinds: ['CSIDriver', 'CSINode', 'StorageClass', 'VolumeAttachment'],
  },
  'policy/v1beta1': { removed: 25, kinds: ['PodSecurityPolicy'] },
  'extensions/v1beta1': { removed: 16, kinds: ['PodSecurityPolicy'] },
  'settings.k8s.io/v1alpha1': { removed: 20, kinds: ['PodPreset'] },
};

/** Never in a manifest: what only subresources and webhooks take. */
const notApplied = new Set([
  'AdmissionReview',
  'APIGroupDiscovery',
  'DeploymentRollback',
  'Eviction',
  'Scale',
]);

/** By API version and kind: `{removed?, deprecated?, use?}` of all that is gone, or said to go; `use` is an API version, with a kind if it is another. */
export function retiredVersions(served, lifecycles, newest) {
  const retired = {};
  const add = (key, entry) => {
    const [version, kind] = key.split(' ');
    const use = entry.use?.endsWith(` ${kind}`) ? entry.use.slice(0, -kind.length - 1) : entry.use;
    retired[version] ??= {};
    retired[version][kind] = JSON.parse(JSON.stringify({ ...entry, use }));
  };
  for (const [version, { kinds, ...entry }] of Object.entries(older)) {
    for (const kind of kinds) add(`${version} ${kind}`, entry);
  }
  for (const [key, { deprecated, removed, use }] of lifecycles) {
    const known = served.get(key);
    if (!known && notApplied.has(key.split(' ')[1])) continue;
    const best = bestOf(key, served, newest) ?? use;
    if (!known && removed <= newest) add(key, { removed, use: best });
    if (known?.until === newest && deprecated <= newest) add(key, { deprecated, removed, use: best });
  }
  for (const [key, { until }] of served) {
    const use = bestOf(key, served, newest) ?? lifecycles.get(key)?.use;
    if (until < newest) add(key, { removed: until + 1, use });
  }
  return sorted(retired);
}

/** The kind's most stable version in the newest documents: v1 before v1beta2 before v1alpha1. */
function bestOf(key, served, newest) {
  const [version, kind] = key.split(' ');
  const group = version.includes('/') ? version.split('/')[0] : '';
  const best = [...served.values()]
    .filter((one) => one.group === group && one.kind === kind && one.until === newest)
    .sort((a, b) => rank(b.version) - rank(a.version))[0];
  const name = best && `${group ? `${group}/` : ''}${best.version}`;
  return name === undefined || name === version ? undefined : `${name} ${kind}`;
}

function rank(version) {
  const [, major, stage, minor = '0'] = /^v(\d+)(?:(alpha|beta)(\d+))?$/.exec(version);
  return Number(major) * 1000 + Number(minor) + { alpha: -600, beta: -300, undefined: 0 }[stage];
}

function sorted(value) {
  if (typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, child]) => [key, sorted(child)]),
  );
}
