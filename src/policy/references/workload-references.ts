import { isRecord } from '../../core/is-record.ts';
import type { KubernetesObject } from '../../core/kubernetes-object.ts';
import type { Path } from '../../core/yaml-document.ts';
import type { Tell } from '../finding.ts';
import { type Json, record, records, text } from '../json.ts';
import { holds, isEmptySelector, selectorText, selects } from '../selectors.ts';
import { containersOf, kindKey, type PodTemplate } from '../workloads.ts';
import type { Inventory } from './inventory.ts';

/** What selects or names pods and workloads of the input: warns where it meets none, though there are some. */
export function checkWorkloadReferences(object: KubernetesObject, inventory: Inventory, tell: Tell): void {
  const spec = record(object.spec);
  const warn = (rule: string, path: Path, message: string) =>
    tell({ severity: 'warning', rule, path, message });
  checks[kindKey(object)]?.(object, spec, inventory, warn);
}

type Warn = (rule: string, path: Path, message: string) => void;
type Check = (object: KubernetesObject, spec: Json, inventory: Inventory, warn: Warn) => void;

const checks: Readonly<Record<string, Check>> = {
  Service: checkService,
  'PodDisruptionBudget.policy': (object, { selector }, inventory, warn) =>
    checkSelector(selector, ['spec', 'selector'], object, inventory, warn),
  'NetworkPolicy.networking.k8s.io': (object, { podSelector }, inventory, warn) =>
    checkSelector(podSelector, ['spec', 'podSelector'], object, inventory, warn),
  'HorizontalPodAutoscaler.autoscaling': checkScaleTarget,
  'Ingress.networking.k8s.io': checkIngress,
};

function checkService(object: KubernetesObject, spec: Json, inventory: Inventory, warn: Warn): void {
  const pods = inventory.pods(object);
  const selector = record(spec.selector);
  if (pods.length === 0 || Object.keys(selector).length === 0 || spec.type === 'ExternalName') return;
  const selected = pods.filter(({ labels }) => holds(selector, labels));
  if (selected.length === 0) {
    const text = selectorText({ matchLabels: selector });
    warn('selects-nothing', ['spec', 'selector'], `(${text}) selects no pods of these manifests`);
    return;
  }
  for (const { item, index } of records(spec.ports)) {
    const wanted = item.targetPort;
    if (typeof wanted !== 'string') continue;
    const names = selected.flatMap(portNames);
    if (names.includes(wanted)) continue;
    const known = names.length > 0 ? `they have ${[...new Set(names)].join(', ')}` : 'they name none';
    warn(
      'unknown-port',
      ['spec', 'ports', index, 'targetPort'],
      `is ${wanted}, which is no port of the pods: ${known}`,
    );
  }
}

function portNames(pod: PodTemplate): string[] {
  return containersOf(pod).flatMap(({ container }) =>
    records(container.ports).flatMap(({ item }) => text(item.name) ?? []),
  );
}

function checkSelector(
  selector: unknown,
  path: Path,
  object: KubernetesObject,
  inventory: Inventory,
  warn: Warn,
): void {
  const pods = inventory.pods(object);
  if (!isRecord(selector) || isEmptySelector(selector) || pods.length === 0) return;
  if (!pods.some(({ labels }) => selects(selector, labels)))
    warn('selects-nothing', path, `(${selectorText(selector)}) selects no pods of these manifests`);
}

function checkScaleTarget(
  object: KubernetesObject,
  { scaleTargetRef }: Json,
  inventory: Inventory,
  warn: Warn,
): void {
  const { kind, name } = record(scaleTargetRef);
  const others = inventory.names(object, String(kind));
  if (text(name) && others.length > 0 && !others.includes(String(name)))
    warn(
      'unknown-reference',
      ['spec', 'scaleTargetRef', 'name'],
      `is ${name}; of these manifests, ${kind} is ${others.join(', ')}`,
    );
  const target = inventory.find(object, String(kind), String(name));
  if (record(target?.spec).replicas !== undefined)
    warn(
      'two-owners',
      ['spec', 'scaleTargetRef', 'name'],
      `is ${name}, whose manifest sets replicas too: leave them out there, or a deploy meets those that the autoscaler set`,
    );
}

function checkIngress(object: KubernetesObject, spec: Json, inventory: Inventory, warn: Warn): void {
  const backends: [unknown, Path][] = [[spec.defaultBackend, ['spec', 'defaultBackend']]];
  for (const { item: rule, index } of records(spec.rules)) {
    for (const { item, index: at } of records(record(rule.http).paths))
      backends.push([item.backend, ['spec', 'rules', index, 'http', 'paths', at, 'backend']]);
  }
  for (const [backend, path] of backends) {
    const { name, port } = record(record(backend).service);
    const services = inventory.names(object, 'Service');
    if (!text(name) || services.length === 0) continue;
    const found = inventory.find(object, 'Service', String(name));
    if (!found) {
      warn(
        'unknown-reference',
        [...path, 'service', 'name'],
        `is ${name}; of these manifests, Service is ${services.join(', ')}`,
      );
    } else checkBackendPort(record(port), found, [...path, 'service', 'port'], warn);
  }
}

function checkBackendPort({ name, number }: Json, service: KubernetesObject, path: Path, warn: Warn): void {
  const ports = records(record(service.spec).ports).map(({ item }) => item);
  if (ports.length === 0 || ports.some((port) => (text(name) ? port.name === name : port.port === number)))
    return;
  const known = ports.map((port) => [text(port.name), port.port].filter(Boolean).join(' ')).join(', ');
  warn(
    'unknown-port',
    path,
    `is ${text(name) ?? number}, which Service/${service.metadata.name} does not have: it has ${known}`,
  );
}
