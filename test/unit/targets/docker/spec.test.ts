import { describe, expect, it } from 'vitest';
import { type ContainerSpec, specDigest, specOf } from '../../../../src/targets/docker/spec.ts';
import type { DesiredService } from '../../../../src/targets/target.ts';

const desired = (calls: string[], env: DesiredService['env']): DesiredService => ({
  service: {
    name: 'orders',
    language: 'go',
    folder: '/w/services/orders',
    path: 'services/orders',
    ports: { http: 8080, admin: 9100 },
    image: { dockerfile: '', context: '', args: {} },
    build: [],
    run: [],
    calls,
    env: {},
    manifests: '',
  },
  env,
  manifests: '',
  pinnedPorts: {},
  artifact: { kind: 'image', reference: 'shop/orders:1', context: 'c', pending: false },
});
const scope = { app: 'shop', environment: 'docker' };

describe('a spec', () => {
  it('gives a service the addresses of what it calls, its ports, and the names of its secrets', () => {
    const env = {
      LOG_LEVEL: 'debug',
      CATALOG_URL: 'http://elsewhere',
      TOKEN: { secret: { name: 's', key: 'k' } },
      HTTP_PORT: '1',
    };
    expect(
      specOf(desired(['catalog', 'big-stock'], env), { catalog: 8080, 'big-stock': 8081 }, scope),
    ).toEqual({
      service: 'orders',
      network: 'shop-docker',
      image: 'shop/orders:1',
      ports: { http: 8080, admin: 9100 },
      env: {
        CATALOG_URL: 'http://elsewhere',
        BIG_STOCK_URL: 'http://big-stock:8081',
        LOG_LEVEL: 'debug',
        HTTP_PORT: '8080',
        ADMIN_PORT: '9100',
      },
      secrets: ['TOKEN'],
      secretFiles: ['/w/services/orders/.env', '/w/.env'],
    });
  });

  it('has a digest of all that a container is made from, and of nothing else', () => {
    const spec = specOf(desired([], { A: '1', B: '2' }), {}, scope);
    const digest = (change: Partial<ContainerSpec>, secrets = {}) =>
      specDigest({ ...spec, ...change }, secrets);
    expect(
      digest({ env: { B: '2', ADMIN_PORT: '9100', HTTP_PORT: '8080', A: '1' }, secretFiles: ['/other'] }),
    ).toBe(digest({}));
    const others = [
      digest({ image: 'x' }),
      digest({ network: 'x' }),
      digest({ ports: { http: 1, admin: 2 } }),
      digest({ env: {} }),
      digest({}, { T: '1' }),
      digest({}, { T: '2' }),
    ];
    expect(new Set([digest({}), ...others]).size).toBe(7);
  });
});
