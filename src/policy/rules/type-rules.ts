import type { TypeRule } from '../schema/check-value.ts';
import { policyRule, roleBinding } from './access.ts';
import { configMap, secret } from './config.ts';
import { fieldRules, neededFields } from './field-rules.ts';
import {
  autoscaler,
  backendPort,
  claim,
  disruptionBudget,
  ingress,
  ingressPath,
  service,
} from './network.ts';
import { container, envVar, envVarSource, exactlyOne, podSpec, probe, resources, volume } from './pods.ts';
import type { ValueRule } from './values.ts';
import { job, replicationController, requirement, selecting, strategy } from './workloads.ts';

const own: Readonly<Record<string, TypeRule>> = {
  ClusterRoleBinding: roleBinding,
  ConfigMap: configMap,
  FieldSelectorRequirement: requirement,
  NodeSelectorRequirement: requirement,
  PolicyRule: policyRule,
  Secret: secret,
  PodSpec: podSpec,
  Container: container,
  ResourceRequirements: resources,
  Probe: probe,
  EnvVar: envVar,
  EnvVarSource: envVarSource,
  Volume: volume,
  DeploymentSpec: selecting,
  DeploymentStrategy: strategy,
  ReplicaSetSpec: selecting,
  DaemonSetSpec: selecting,
  StatefulSetSpec: selecting,
  ReplicationControllerSpec: replicationController,
  JobSpec: job,
  ServiceSpec: service,
  IngressSpec: ingress,
  HTTPIngressPath: ingressPath,
  IngressBackend: exactlyOne(['service', 'resource']),
  ServiceBackendPort: backendPort,
  PersistentVolumeClaimSpec: claim,
  PodDisruptionBudgetSpec: disruptionBudget,
  'v1.HorizontalPodAutoscalerSpec': autoscaler,
  'v2.HorizontalPodAutoscalerSpec': autoscaler,
};

/** What the API server asks beyond the schema, by type: it holds wherever an object of the type is. */
export const typeRules: ReadonlyMap<string, readonly TypeRule[]> = new Map(
  [...new Set([own, fieldRules, neededFields].flatMap((table) => Object.keys(table)))].map((type) => {
    const { [type]: fields } = fieldRules;
    const { [type]: needed } = neededFields;
    const rules = [needed && neededRule(needed), fields && fieldsRule(fields), own[type]];
    return [type, rules.filter((rule) => rule !== undefined)];
  }),
);

function neededRule(fields: readonly string[]): TypeRule {
  return (value, path, tell) => {
    for (const field of fields) {
      if ((value[field] ?? '') === '')
        tell({ rule: 'missing-field', path: [...path, field], message: 'is missing' });
    }
  };
}

function fieldsRule(rules: Readonly<Record<string, ValueRule>>): TypeRule {
  return (value, path, tell) => {
    for (const [field, rule] of Object.entries(rules)) {
      const problem = (value[field] ?? null) === null ? undefined : rule(value[field]);
      if (problem) tell({ rule: 'value', path: [...path, field], message: problem });
    }
  };
}
