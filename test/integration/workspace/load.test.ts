import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadSoundWorkspace, loadWorkspace } from '../../../src/workspace/load.ts';
import { explanation, problems } from './load-problems.ts';
import { tempTree } from './temp-tree.ts';

const workspace = `version: 1
name: shop
registry: 127.0.0.1:5000/shop
services: [services/*]
environments:
  local: {target: process, services: {orders: {ports: {http: 8080}}}}
  staging:
    target: kubernetes
    context: kind-staging
    namespace: shop
    services: {orders: {manifests: deploy/kubernetes/overlays/staging, env: {LOG_LEVEL: debug}}}
`;
const catalog = 'name: catalog\nlanguage: go\nobjectives: {latency: p99 250ms}\n';
const orders = `name: orders
language: ts
ports: {http: 9000}
image: {dockerfile: docker/Dockerfile, args: {VERSION: 1.10}}
build: [[npm, ci], [npm, run, build, -j, 4]]
run: [node, dist/main.js]
calls: [catalog]
env:
  RATIO: 1.50
  DEBUG: TRUE
  EMPTY: ""
  PASSWORD: {secret: orders-db/password}
objectives: {availability: 99.95, latency: p95 1.5s}
`;

describe('a workspace', () => {
  test('is resolved with every default filled in', async () => {
    const root = await tempTree({
      'cloudnative.yaml': workspace,
      'services/orders/service.yaml': orders,
      'services/catalog/service.yaml': catalog,
      'services/notes/README.md': 'no service',
      'services/.orders.cloudnative-1/service.yaml': 'broken: [',
    });
    expect(await loadWorkspace(join(root, 'services/orders'))).toEqual({
      name: 'shop',
      folder: root,
      registry: '127.0.0.1:5000/shop',
      services: [
        {
          name: 'catalog',
          language: 'go',
          folder: join(root, 'services/catalog'),
          path: 'services/catalog',
          ports: { http: 8080, admin: 9100 },
          image: {
            dockerfile: join(root, 'services/catalog/Dockerfile'),
            context: join(root, 'services/catalog'),
            args: {},
          },
          build: [],
          run: [],
          calls: [],
          env: {},
          objectives: { latency: { percentile: 99, seconds: 0.25 } },
          manifests: join(root, 'services/catalog/deploy/kubernetes'),
        },
        {
          name: 'orders',
          language: 'ts',
          folder: join(root, 'services/orders'),
          path: 'services/orders',
          ports: { http: 9000, admin: 9100 },
          image: {
            dockerfile: join(root, 'services/orders/docker/Dockerfile'),
            context: join(root, 'services/orders'),
            args: { VERSION: '1.10' },
          },
          build: [
            ['npm', 'ci'],
            ['npm', 'run', 'build', '-j', '4'],
          ],
          run: ['node', 'dist/main.js'],
          calls: ['catalog'],
          env: {
            RATIO: '1.50',
            DEBUG: 'TRUE',
            EMPTY: '',
            PASSWORD: { secret: { name: 'orders-db', key: 'password' } },
          },
          objectives: { availability: 99.95, latency: { percentile: 95, seconds: 1.5 } },
          manifests: join(root, 'services/orders/deploy/kubernetes'),
        },
      ],
      environments: {
        local: { name: 'local', target: 'process', services: { orders: { ports: { http: 8080 } } } },
        staging: {
          name: 'staging',
          target: 'kubernetes',
          context: 'kind-staging',
          namespace: 'shop',
          services: {
            orders: {
              manifests: join(root, 'services/orders/deploy/kubernetes/overlays/staging'),
              env: { LOG_LEVEL: 'debug' },
            },
          },
        },
      },
      defaultEnvironment: 'local',
      lone: false,
    });
  });

  test('may have no services yet', async () => {
    const root = await tempTree({
      'cloudnative.yaml':
        'version: 1\nname: shop\nservices: [services/*]\nenvironments: {prod: {target: docker}}\n',
    });
    const { services, defaultEnvironment } = await loadWorkspace(root);
    expect({ services, defaultEnvironment }).toEqual({ services: [], defaultEnvironment: 'prod' });
  });

  test('finds literal folders, itself, and stars anywhere, each service once', async () => {
    const root = await tempTree({
      'cloudnative.yaml':
        'version: 1\nname: a\nservices: [., ./b/, "*", x-*/svc]\nenvironments: {local: {target: process}}\n',
      'service.yaml': 'name: root\nlanguage: ts\n',
      'b/service.yaml': 'name: b\nlanguage: ts\n',
      'x-1/svc/service.yaml': 'name: c\nlanguage: ts\n',
      'y-1/svc/service.yaml': 'broken: [',
    });
    const { services } = await loadWorkspace(root);
    expect(services.map(({ name, path }) => `${name} ${path}`)).toEqual(['b b', 'c x-1/svc', 'root .']);
  });
});

describe('a lone service', () => {
  test('is a workspace of one with environments of its own', async () => {
    const root = await tempTree({ 'orders/service.yaml': catalog, 'orders/src/main.go': '' });
    const found = await loadWorkspace(join(root, 'orders/src'));
    expect(found).toMatchObject({
      name: 'catalog',
      folder: join(root, 'orders'),
      lone: true,
      defaultEnvironment: 'local',
    });
    expect(found.environments).toEqual({
      local: { name: 'local', target: 'process', services: {} },
      docker: { name: 'docker', target: 'docker', services: {} },
    });
    expect(found.services.map(({ path }) => path)).toEqual(['.']);
  });

  test('has no others to call', async () => {
    const root = await tempTree({ 'service.yaml': 'name: orders\nlanguage: ts\ncalls: [catalog]\n' });
    expect(await problems(root)).toEqual([
      'service.yaml:3:9  "catalog" cannot be called: a service without a workspace is alone',
    ]);
  });
});

test('nothing found says how to begin', async () => {
  const root = await tempTree();
  const { code, exit, hints } = await explanation(root);
  expect({ code, exit }).toEqual({ code: 'E_NO_WORKSPACE', exit: 'notFound' });
  expect(hints?.join()).toMatch(/cloudnative new.*cloudnative init/);
});

describe('problems', () => {
  test('of every file are reported at once, workspace first, with line and column', async () => {
    const root = await tempTree({
      'cloudnative.yaml': `version: 2
name: Shop
servics: [services/*]
services: [services/*, tools/gone, /etc, ../x, a/**/b]
environments:
  local: {target: proces}
  Prod: {target: docker}
`,
      'services/a/service.yaml': 'name: a\n',
    });
    expect(await problems(root)).toEqual([
      'cloudnative.yaml:1:10  version must be 1, not 2',
      'cloudnative.yaml:2:7  name must start with a letter and hold at most 63 of a-z, 0-9 and -, the last not a -, not "Shop"',
      'cloudnative.yaml:3:1  unknown key "servics"; did you mean "services"?',
      ...[3, 4, 5].map((index, at) =>
        expect.stringMatching(
          `^cloudnative.yaml:4:${[36, 42, 48][at]}  services\\[${index - 1}\\] must be a path inside the workspace`,
        ),
      ),
      'cloudnative.yaml:6:19  environments.local.target must be one of process, docker, kubernetes, not "proces"; did you mean "process"?',
      'cloudnative.yaml:7:3  "Prod" must start with a letter and hold at most 63 of a-z, 0-9 and -, the last not a -',
    ]);
  });

  test('of the rules and of the schema come together', async () => {
    const root = await tempTree({
      'cloudnative.yaml': `version: 1
name: shop
services: [services/*, tools/gone]
environments:
  local: {target: process, context: kind, host: tcp://127.0.0.1:2375}
  docker: {target: docker, services: {orders: {ports: {http: 80}, manifests: x}}}
  staging: {target: kubernetes, context: kind-staging}
defaultEnvironment: stagin
`,
      'services/a/service.yaml': 'name: orders\nlanguage: go\nports: {http: 9100}\nimage: {context: ../b}\n',
      'services/b/service.yaml': 'name: orders\nlanguage: go\nkubernetes: {manifests: ../../../etc}\n',
      'services/c/service.yaml': 'name: c\nlanguage: go\nport: 1\n',
      'services/d/service.yaml': 'name: d\nname: e\nlanguage: go\n',
    });
    expect(await problems(root)).toEqual([
      'cloudnative.yaml:3:24  there is no tools/gone/service.yaml',
      'cloudnative.yaml:5:28  context is only for kubernetes, not for process',
      'cloudnative.yaml:5:43  host is only for docker and kubernetes, not for process',
      'cloudnative.yaml:6:48  ports is only for process, not for docker',
      'cloudnative.yaml:6:67  manifests is only for kubernetes, not for docker',
      'cloudnative.yaml:7:3  a kubernetes environment needs namespace: staging has none',
      'cloudnative.yaml:8:21  there is no environment "stagin"; did you mean "staging"?',
      'services/a/service.yaml:3:8  ports.http and ports.admin must differ, both are 9100',
      "services/a/service.yaml:4:18  image.context must be inside the service's folder",
      'services/b/service.yaml:1:7  "orders" is the name of another service, in services/a/service.yaml',
      'services/b/service.yaml:3:25  kubernetes.manifests must be inside the workspace',
      'services/c/service.yaml:3:1  unknown key "port"; did you mean "ports"?',
      'services/d/service.yaml:2:1  the key "name" is given twice, first in line 1',
    ]);
  });

  test('of calls and overrides name the service that was meant', async () => {
    const root = await tempTree({
      'cloudnative.yaml': workspace.replace('{orders: {ports', '{order: {ports'),
      'services/orders/service.yaml':
        'name: orders\nlanguage: ts\ncalls: [catalogue, orders, billing, billing]\n',
      'services/catalog/service.yaml': 'name: catalog\nlanguage: ts\ncalls: [billing]\n',
      'services/billing/service.yaml': 'name: billing\nlanguage: ts\ncalls: [orders]\n',
    });
    expect(await problems(root)).toEqual([
      'cloudnative.yaml:6:39  there is no service "order"; did you mean "orders"?',
      'services/billing/service.yaml:3:9  services call each other in a circle: billing → orders → billing; drop a call and give that address in env',
      'services/orders/service.yaml:3:9  the workspace has no service "catalogue"; did you mean "catalog"?',
      'services/orders/service.yaml:3:20  orders calls itself',
      'services/orders/service.yaml:3:37  "billing" is listed twice',
    ]);
  });

  test('files are named as they are from the current folder', async () => {
    const root = await tempTree({ 'cloudnative.yaml': 'name: [', 'deep/er/x': '' });
    const [first] = await problems(join(root, 'deep/er'));
    expect(first).toMatch(/^\.\.\/\.\.\/cloudnative\.yaml:1:/);
  });

  test('fixed ports and default environments do not clash', async () => {
    const root = await tempTree({
      'cloudnative.yaml': `version: 1
name: shop
services: ["*"]
environments:
  one: {target: process, services: {a: {ports: {http: 80, admin: 81}}, b: {ports: {http: 81}}}}
  two: {target: process, services: {a: {ports: {http: 80}}}}
`,
      'a/service.yaml': 'name: a\nlanguage: ts\n',
      'b/service.yaml': 'name: b\nlanguage: ts\n',
    });
    expect(await problems(root)).toEqual([
      'cloudnative.yaml:1:1  defaultEnvironment is missing: choose one of one, two',
      "cloudnative.yaml:5:90  port 81 is taken by a's admin",
    ]);
  });
});

describe('rules of readiness', () => {
  const load = async (rules: string) => {
    const environments = 'environments: {local: {target: process}}\nreadiness:\n';
    const root = await tempTree({
      'cloudnative.yaml': `version: 1\nname: shop\nservices: [services/*]\n${environments}${rules}`,
    });
    return root;
  };

  test('are read with their defaults', async () => {
    const root = await load(`
  - {group: example.com, kind: Widget, ready: {condition: Available}}
  - {group: example.com, kind: Queue, ready: {field: status.ready, is: [3, true, Up]}, failed: {condition: Up, status: "False"}}
`);
    expect((await loadWorkspace(root)).readiness).toEqual([
      { group: 'example.com', kind: 'Widget', ready: { condition: 'Available', status: 'True' } },
      {
        group: 'example.com',
        kind: 'Queue',
        ready: { field: 'status.ready', is: ['3', 'true', 'Up'] },
        failed: { condition: 'Up', status: 'False' },
      },
    ]);
  });

  test('say one thing each, and one a kind', async () => {
    const root = await load(`
  - {group: example.com, kind: Widget, ready: {condition: A, field: b, is: [c]}}
  - {group: example.com, kind: Widget, ready: {field: status.phase}, failed: {}}
  - {group: example.com/v1, kind: widget, ready: {feild: a}}
`);
    expect([...(await problems(root))].sort()).toEqual([
      'cloudnative.yaml:9:13  readiness[2].group must be an API group such as db.example.com, without a version, not "example.com/v1"',
      'cloudnative.yaml:9:35  readiness[2].kind must be a kind such as Database, not "widget"',
      'cloudnative.yaml:9:51  unknown key "feild" in readiness[2].ready; did you mean "field"?',
    ]);
    const shapes = await load(`
  - {group: example.com, kind: Widget, ready: {condition: A, field: b, is: [c]}}
  - {group: example.com, kind: Widget, ready: {field: status.phase}, failed: {}}
`);
    expect([...(await problems(shapes))].sort()).toEqual([
      'cloudnative.yaml:7:47  ready must be {condition: Available}, or {field: status.phase, is: [Running]}',
      'cloudnative.yaml:8:47  ready must be {condition: Available}, or {field: status.phase, is: [Running]}',
      'cloudnative.yaml:8:5  there is another rule for Widget.example.com',
      'cloudnative.yaml:8:78  failed must be {condition: Available}, or {field: status.phase, is: [Running]}',
    ]);
  });
});

describe('what is sound of a workspace', () => {
  test('leaves out and names the services whose files have problems', async () => {
    const root = await tempTree({
      'cloudnative.yaml': workspace,
      'services/catalog/service.yaml': catalog,
      'services/desk/service.yaml': 'name: orders\nlanguage: [',
      'services/nameless/service.yaml': 'language: cobol\ncolour: red\n',
      'services/twin/service.yaml': catalog,
    });
    const sound = await loadSoundWorkspace(root);
    expect(sound.workspace.services.map(({ name }) => name)).toEqual(['catalog']);
    expect(sound.workspace.environments.local?.services).toEqual({});
    expect(sound.unsound).toEqual([
      { name: 'orders', file: join(root, 'services/desk/service.yaml'), problems: 1 },
      { name: 'nameless', file: join(root, 'services/nameless/service.yaml'), problems: 3 },
      { name: 'catalog', file: join(root, 'services/twin/service.yaml'), problems: 1 },
    ]);
  });

  test('is nothing without a sound cloudnative.yaml, or for a lone service', async () => {
    const root = await tempTree({
      'shop/cloudnative.yaml': workspace.replace('registry', 'regestry'),
      'shop/services/catalog/service.yaml': catalog,
      'lone/service.yaml': 'name: [',
    });
    await expect(loadSoundWorkspace(join(root, 'shop'))).rejects.toThrow('problems in the configuration');
    await expect(loadSoundWorkspace(join(root, 'lone'))).rejects.toThrow('in the configuration');
  });
});
