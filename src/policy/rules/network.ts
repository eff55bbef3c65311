import { record, records, text } from '../json.ts';
import type { TypeRule } from '../schema/check-value.ts';

export const service: TypeRule = ({ type, clusterIP, externalName, ports }, path, tell) => {
  const all = records(ports);
  if (type === 'ExternalName') {
    if (!text(externalName))
      tell({ rule: 'missing-field', path: [...path, 'externalName'], message: 'is missing' });
    return;
  }
  if (all.length === 0 && clusterIP !== 'None')
    tell({ rule: 'missing-field', path: [...path, 'ports'], message: 'are missing' });
  for (const { item, index } of all) {
    if (!text(item.name) && all.length > 1)
      tell({
        rule: 'missing-field',
        path: [...path, 'ports', index, 'name'],
        message: 'is missing: of several ports each needs one',
      });
    if (text(item.name) && all.some((other) => other.index < index && other.item.name === item.name))
      tell({
        rule: 'duplicate-item',
        path: [...path, 'ports', index, 'name'],
        message: `${item.name} is the name of another port too`,
      });
  }
};

export const ingress: TypeRule = ({ rules, defaultBackend }, path, tell) => {
  if (records(rules).length === 0 && !defaultBackend)
    tell({
      rule: 'missing-field',
      path: [...path, 'rules'],
      message: 'are missing, and so is defaultBackend',
    });
};

export const ingressPath: TypeRule = ({ path: at, pathType }, path, tell) => {
  if (pathType !== 'Exact' && pathType !== 'Prefix') return;
  if (typeof at !== 'string' || !at.startsWith('/'))
    tell({ rule: 'ingress-path', path: [...path, 'path'], message: 'must begin with /' });
};

export const backendPort: TypeRule = ({ name, number }, path, tell) => {
  const set = [text(name), number || undefined].filter((one) => one !== undefined);
  if (set.length !== 1) tell({ rule: 'one-of', path, message: 'must have either name or number' });
};

export const autoscaler: TypeRule = ({ minReplicas = 1, maxReplicas }, path, tell) => {
  if (typeof minReplicas === 'number' && typeof maxReplicas === 'number' && maxReplicas < minReplicas)
    tell({
      rule: 'autoscaler',
      path: [...path, 'maxReplicas'],
      message: `is ${maxReplicas}, less than minReplicas`,
    });
};

export const disruptionBudget: TypeRule = ({ minAvailable, maxUnavailable }, path, tell) => {
  if ((minAvailable ?? null) !== null && (maxUnavailable ?? null) !== null)
    tell({ rule: 'one-of', path: [...path, 'maxUnavailable'], message: 'cannot be set beside minAvailable' });
};

export const claim: TypeRule = ({ accessModes, resources }, path, tell) => {
  if (!Array.isArray(accessModes) || accessModes.length === 0)
    tell({ rule: 'missing-field', path: [...path, 'accessModes'], message: 'are missing' });
  const { storage = null } = record(record(resources).requests);
  if (storage === null)
    tell({
      rule: 'missing-field',
      path: [...path, 'resources', 'requests', 'storage'],
      message: 'is missing',
    });
};
