import { describe, expect, it } from 'vitest';
import { deployed } from '../../../src/actions/monitored.ts';
import type { ReadFolder } from '../../../src/core/kubernetes-object.ts';
import type { Environment, Service, Workspace } from '../../../src/workspace/model.ts';

const orders = { name: 'orders', language: 'go', calls: ['catalog'] } as unknown as Service;
const workspace = { name: 'shop' } as Workspace;
const staging: Environment = {
  name: 'staging',
  target: 'kubernetes',
  namespace: 'shop-staging',
  services: {},
};

describe('a deployed service', () => {
  it.each([
    ['256Mi', 268_435_456],
    ['1G', 1e9],
    [1_000_000, 1e6],
    ['0', undefined],
    [undefined, undefined],
  ])('is limited to the memory that its container has: %s', async (memory, expected) => {
    const [service] = await seen(container('orders', memory));
    expect(service!.memoryLimit).toBe(expected);
  });

  it('is limited by its own container only, and by the least where it runs twice', async () => {
    expect((await seen(container('sidecar', '1Mi')))[0]!.memoryLimit).toBeUndefined();
    expect((await seen(container('orders', '1Mi', 'CronJob')))[0]!.memoryLimit).toBeUndefined();
    const twice = [container('orders', '2Mi'), container('orders', '1Mi', 'StatefulSet')];
    expect((await seen(...twice))[0]!.memoryLimit).toBe(2 ** 20);
  });

  it('has the namespace of the cluster, or the name of the app elsewhere, and no limit there', async () => {
    expect((await seen())[0]).toMatchObject({ namespace: 'shop-staging', place: 'kubernetes' });
    const local: Environment = { name: 'local', target: 'process', services: {} };
    const [service] = await deployed([{ service: orders, manifests }], { workspace, environment: local });
    expect(service).toMatchObject({ namespace: 'shop', place: 'process', memoryLimit: undefined });
  });

  it('is not guessed where its manifests cannot be read', async () => {
    const problem = { file: 'a.yaml', line: 3, message: 'is no YAML' };
    const readFolder: ReadFolder = async () => ({ manifests: [], problems: [problem] });
    const asked = deployed([{ service: orders, manifests }], { workspace, environment: staging, readFolder });
    await expect(asked).rejects.toMatchObject({ explanation: { code: 'E_MANIFEST' } });
  });
});

const manifests = { folder: '/orders', release: { name: 'orders', namespace: 'shop-staging' } };

function seen(...objects: object[]) {
  const readFolder = (async () => ({
    manifests: objects.map((object) => ({ object, file: 'a.yaml', line: 1 })),
    problems: [],
  })) as unknown as ReadFolder;
  return deployed([{ service: orders, manifests }], { workspace, environment: staging, readFolder });
}

function container(name: string, memory: unknown, kind = 'Deployment'): object {
  const spec = { containers: [{ name, resources: { limits: { memory } } }] };
  return { kind, metadata: { name }, spec: { template: { spec } } };
}
