import { type Manifest, manifestAt } from '../core/kubernetes-object.ts';
import { containersOf, podSpecOf } from './pod-specs.ts';

/** Items of one list with the same key, which the API would merge or refuse without saying where. */
export function duplicateKeys(manifest: Manifest): string[] {
  const { object } = manifest;
  const spec = podSpecOf(object);
  const found: string[] = [];
  const check = <T>(
    list: readonly T[] | null | undefined,
    path: string,
    key: (item: T) => string | undefined,
  ) => {
    const keys = (Array.isArray(list) ? (list as readonly T[]) : []).map((item) => item && key(item));
    const twice = new Set(keys.filter((name, index) => name && keys.indexOf(name) !== index));
    for (const name of twice) found.push(`${manifestAt(manifest)}: ${path} has ${name} more than once`);
  };
  if (spec) {
    check(spec.volumes, 'volumes', ({ name }) => name);
    check(containersOf(spec), 'containers', ({ name }) => name);
    for (const { name: container, env, ports, volumeMounts } of containersOf(spec)) {
      const path = `containers[${container}]`;
      check(env, `${path}.env`, ({ name }) => name);
      check(volumeMounts, `${path}.volumeMounts`, ({ mountPath }) => mountPath);
      check(ports, `${path}.ports`, ({ containerPort, protocol }) => portKey(containerPort, protocol));
    }
  }
  if (object.kind === 'Service' && object.apiVersion === 'v1') {
    const { ports } = (object.spec ?? {}) as { ports?: { port?: number; protocol?: string }[] };
    check(ports, 'ports', ({ port, protocol }) => portKey(port, protocol));
  }
  return found;
}

function portKey(port: number | undefined, protocol = 'TCP'): string | undefined {
  return port === undefined ? undefined : `${port}/${protocol}`;
}
