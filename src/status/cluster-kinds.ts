import type { KubernetesObject } from '../core/kubernetes-object.ts';
import type { Verdict } from '../core/readiness.ts';
import { conditionOf, wordsOf } from './conditions.ts';
import { failed, progressing, ready } from './verdicts.ts';

/** Kinds that others are reached or defined by. */
export const clusterKinds: Readonly<Record<string, (object: KubernetesObject) => Verdict>> = {
  '/Service': service,
  '/Namespace': ({ status }) =>
    (status as { phase?: string } | undefined)?.phase === 'Terminating'
      ? progressing('being removed')
      : ready('active'),
  'apiextensions.k8s.io/CustomResourceDefinition': definition,
  'apiregistration.k8s.io/APIService': (object) => {
    const available = conditionOf(object, 'Available');
    return available?.status === 'True'
      ? ready('available')
      : progressing(available ? wordsOf(available, 'not available') : 'not available yet');
  },
};

function service({ spec, status }: KubernetesObject): Verdict {
  const { type, clusterIP } = (spec ?? {}) as { type?: string; clusterIP?: string };
  if (type === 'ExternalName') return ready('present');
  if (!clusterIP) return progressing('has no address yet');
  if (type !== 'LoadBalancer') return ready('present');
  const { loadBalancer } = (status ?? {}) as {
    loadBalancer?: { ingress?: { ip?: string; hostname?: string }[] };
  };
  const address = loadBalancer?.ingress?.[0];
  const reached = `reached at ${address?.ip ?? address?.hostname}`;
  return address
    ? { ...ready(reached), detail: reached }
    : progressing('waits for an address of the load balancer');
}

function definition(object: KubernetesObject): Verdict {
  const accepted = conditionOf(object, 'NamesAccepted');
  if (accepted?.status === 'False') return failed(wordsOf(accepted, 'its names are taken'));
  return conditionOf(object, 'Established')?.status === 'True'
    ? ready('established')
    : progressing('not established yet');
}
