import type { KubernetesObject } from '../core/kubernetes-object.ts';

/**
 * An object with those fields alone that verdicts look at, each of the type that Kubernetes gives it. In custom resources and in
 * files the same name may hold anything: what is of another type counts as not there, as null does.
 */
export function knownFields({ apiVersion, kind, ...object }: KubernetesObject): KubernetesObject {
  const { metadata, spec, status } = (fitting(object, fields) ?? {}) as KubernetesObject;
  return { apiVersion, kind, metadata: { ...metadata, name: object.metadata.name }, spec, status };
}

type Shape = 'string' | 'number' | 'boolean' | readonly [Shape] | { readonly [field: string]: Shape };

const terminated: Shape = { exitCode: 'number', signal: 'number', reason: 'string', message: 'string' };
const containerState: Shape = { waiting: { reason: 'string', message: 'string' }, terminated };
const containers: Shape = [
  {
    name: 'string',
    image: 'string',
    ready: 'boolean',
    restartCount: 'number',
    state: containerState,
    lastState: containerState,
  },
];

const fields: Shape = {
  metadata: { deletionTimestamp: 'string', finalizers: ['string'], generation: 'number' },
  spec: {
    ...{ replicas: 'number', completions: 'number', paused: 'boolean', suspend: 'boolean' },
    ...{ type: 'string', clusterIP: 'string' },
    updateStrategy: { type: 'string', rollingUpdate: { partition: 'number' } },
  },
  status: {
    ...{ observedGeneration: 'number', phase: 'string', reason: 'string', message: 'string' },
    ...{
      replicas: 'number',
      updatedReplicas: 'number',
      readyReplicas: 'number',
      availableReplicas: 'number',
    },
    ...{ desiredNumberScheduled: 'number', updatedNumberScheduled: 'number' },
    ...{ numberReady: 'number', numberAvailable: 'number' },
    ...{ active: 'number', succeeded: 'number', failed: 'number' },
    ...{ currentRevision: 'string', updateRevision: 'string' },
    conditions: [
      {
        ...{ type: 'string', status: 'string', reason: 'string', message: 'string' },
        observedGeneration: 'number',
      },
    ],
    initContainerStatuses: containers,
    containerStatuses: containers,
    loadBalancer: { ingress: [{ ip: 'string', hostname: 'string' }] },
  },
};

/** What of a value is of that shape; undefined when nothing can be. */
function fitting(value: unknown, shape: Shape): unknown {
  if (typeof shape === 'string') return typeof value === shape ? value : undefined;
  if (isList(shape)) {
    const items = Array.isArray(value) ? value.map((item) => fitting(item, shape[0])) : [];
    return Array.isArray(value) ? items.filter((item) => item !== undefined) : undefined;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const found = Object.entries(shape).flatMap(([name, inner]) => {
    const own = Object.hasOwn(value, name)
      ? fitting((value as Record<string, unknown>)[name], inner)
      : undefined;
    return own === undefined ? [] : [[name, own] as const];
  });
  return Object.fromEntries(found);
}

function isList(shape: Shape): shape is readonly [Shape] {
  return Array.isArray(shape);
}
