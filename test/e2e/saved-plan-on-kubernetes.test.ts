import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CliResult, cli, cliOk } from '../support/cli.ts';
import { lab, labSuite } from '../support/lab.ts';
import { tinyService } from '../support/tiny-service.ts';

const run = promisify(execFile);
const app = `saved-${randomBytes(3).toString('hex')}`;
const canary = `canary-${randomBytes(6).toString('hex')}`;

labSuite('saved plans on kubernetes', ['kubeconfig', 'kubectl', 'pods', 'dockerHost', 'registry'], () => {
  let folder: string;
  /** All that was ever printed and saved. */
  let told = '';
  const cloudnative = async (cwd: string, ...args: string[]): Promise<CliResult> => {
    const result = await cli(args, { cwd, env: { KUBECONFIG: lab.kubeconfig! } });
    told += `${result.stdout}${result.stderr}`;
    return result;
  };
  const kubectl = async (...args: string[]) =>
    (await run(lab.kubectl!, ['--kubeconfig', lab.kubeconfig!, ...args])).stdout;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'cloudnative-saved-'));
  });
  afterAll(async () => {
    for (const name of [app, `${app}-shop`])
      await kubectl('delete', 'namespace', name, '--wait=false', '--ignore-not-found');
    await rm(folder, { recursive: true, force: true });
  });

  describe('of a folder of manifests', () => {
    const place = () => ['--manifests', 'k8s', '--app', app, '-n', app, '--context', lab.context!];
    const here = (...args: string[]) => cloudnative(folder, ...args);
    const write = async (more: Partial<Values> = {}) => {
      await mkdir(join(folder, 'k8s'), { recursive: true });
      await writeFile(join(folder, 'k8s/all.yaml'), manifests({ ...usual, ...more }));
    };
    const plan = async (...more: string[]) => {
      const result = await here('plan', ...place(), '--out', 'plan.json', ...more);
      told += await readFile(join(folder, 'plan.json'), 'utf8').catch(() => '');
      return result;
    };
    const apply = (...more: string[]) => here('deploy', '--plan', 'plan.json', ...more);
    const inApp = (...args: string[]) => kubectl('-n', app, ...args);
    const data = (name: string) => inApp('get', 'configmap', name, '-o', 'jsonpath={.data}');
    /** Everything is as the usual manifests say, and another greeting is planned. */
    const planned = async () => {
      await write();
      expect((await here('deploy', ...place(), '--yes')).code).toBe(0);
      await write({ greeting: 'welcome', password: `${canary}-2` });
      expect((await plan()).code).toBe(10);
    };

    it('is carried out as it is, from the very first object', async () => {
      await write();
      const first = await plan();
      expect(first.code).toBe(10);
      expect(first.stderr).toBe(
        'Saved in plan.json. To apply exactly this:\n  cloudnative deploy --plan plan.json\n',
      );
      expect((await stat(join(folder, 'plan.json'))).mode & 0o777).toBe(0o600);
      const { code, stderr } = await apply();
      expect(stderr).toMatch(new RegExp(`Release 1 of ${app} is live`));
      expect(code).toBe(0);
      expect(JSON.parse(await data('settings'))).toEqual({ greeting: 'hello' });
    });

    it('is done when it is repeated, as long as what it wanted is there', async () => {
      const again = await apply();
      expect(again.stderr).toMatch(
        /! plan\.json is applied already: what it wanted is what is there\nNothing to do: release 1 is live/,
      );
      expect(again.code).toBe(0);
      // Others have deployed something else since: nothing is to be done for that, but it is not this plan.
      const first = await readFile(join(folder, 'plan.json'));
      await write({ greeting: 'other' });
      expect((await here('deploy', ...place(), '--yes')).code).toBe(0);
      const other = stale(await apply());
      expect(other).toMatch(new RegExp(`Namespace/${app} +no longer in the plan`));
      expect(other).toMatch(/ConfigMap\/settings +made by someone meanwhile\n/);
      expect(other).toMatch(`  cloudnative plan ${place().join(' ')} --out plan.json\n`);
      await write();
      expect((await here('deploy', ...place(), '--yes')).code).toBe(0);
      await writeFile(join(folder, 'plan.json'), first);
      expect((await apply()).code).toBe(0);
    });

    it('has nothing to do where nothing is to be done', async () => {
      expect((await plan()).code).toBe(0);
      expect((await apply()).stderr).toMatch(/Nothing to do: release 3 is live and unchanged/);
    });

    it('is not out of date by what moves by itself or is left to others', async () => {
      await planned();
      await inApp('scale', 'deployment/web', '--replicas=2');
      await inApp('annotate', 'deployment/web', 'example.com/seen=yes');
      await inApp('label', 'configmap/settings', 'example.com/seen=yes');
      await inApp('patch', 'configmap/settings', '--type=merge', '-p', '{"data":{"theirs":"1"}}');
      await inApp('rollout', 'status', 'deployment/web'); // its status was written anew
      const { code, stderr } = await apply();
      expect(stderr).toMatch(/ConfigMap\/settings +(configured|updated|applied|changed)/);
      expect(code).toBe(0);
      expect(JSON.parse(await data('settings'))).toEqual({ greeting: 'welcome', theirs: '1' });
      expect(await inApp('get', 'deployment/web', '-o', 'jsonpath={.spec.replicas}')).toBe('2');
    });

    it('is not out of date by the number of pods that an autoscaler takes over', async () => {
      await write({ replicas: 'replicas: 1' });
      expect((await here('deploy', ...place(), '--yes')).code).toBe(0);
      await write({ greeting: 'scaled' });
      expect((await plan()).stdout).not.toMatch(/replicas/);
      await inApp('scale', 'deployment/web', '--replicas=3');
      expect((await apply('--no-wait')).code).toBe(0);
      expect(await inApp('get', 'deployment/web', '-o', 'jsonpath={.spec.replicas}')).toBe('3');
    });

    /** Nothing was written by a deploy that refuses; every text must be in what it says. */
    const refused = async (expected: RegExp[]) => {
      const before = await everything(inApp);
      const said = stale(await apply());
      for (const text of expected) expect(said).toMatch(text);
      expect(await everything(inApp)).toBe(before);
    };

    it('is refused when fields were changed, also those of a Secret and those that were right', async () => {
      await planned();
      await inApp('patch', 'configmap/settings', '--type=merge', '-p', '{"data":{"greeting":"hi"}}');
      await inApp('patch', 'service/web', '--type=merge', '-p', '{"spec":{"selector":{"app":"other"}}}');
      const login = JSON.stringify({ stringData: { password: `${canary}-3` } });
      await inApp('patch', 'secret/login', '--type=merge', '-p', login);
      await refused([
        /: 3 things have moved since/,
        /ConfigMap\/settings +changed by someone\n +data\.greeting is hi now, not hello\n/,
        /Secret\/login +changed by someone\n/,
        /Service\/web +changed by someone\n +spec\.selector\.app would change too, from other\n/,
      ]);
    });

    it('is refused when objects were removed or made anew', async () => {
      await planned();
      const service = JSON.parse(await inApp('get', 'service/web', '-o', 'json'));
      const { uid: _, resourceVersion: __, ...metadata } = service.metadata;
      const { clusterIP: ___, clusterIPs: ____, ...spec } = service.spec;
      await inApp('delete', 'service/web', 'configmap/settings');
      const file = join(folder, 'service.json');
      await writeFile(file, JSON.stringify({ ...service, metadata, spec }));
      await inApp('create', '-f', file);
      await refused([
        /: 2 things have moved since/,
        /ConfigMap\/settings +removed by someone\n/,
        /Service\/web +made anew by someone\n/,
      ]);
    });

    it('is refused when manifests are others', async () => {
      await planned();
      await write({ greeting: 'goodbye', password: `${canary}-4`, more: config('more') });
      await refused([
        /: 3 things have moved since/,
        /ConfigMap\/more +new in the plan\n/,
        /ConfigMap\/settings +its files have changed\n +data\.greeting would become goodbye, not welcome\n/,
        /Secret\/login +its files have changed\n/,
      ]);
    });

    it('removes only what is still what it was', async () => {
      await write({ more: config('old') });
      expect((await here('deploy', ...place(), '--yes')).code).toBe(0);
      await write();
      expect((await plan()).stdout).toMatch(/- ConfigMap\/old/);
      await inApp('annotate', 'configmap/old', 'example.com/seen=yes');
      const whole = await readFile(join(folder, 'plan.json'));
      await inApp('patch', 'configmap/old', '--type=merge', '-p', '{"data":{"theirs":"1"}}');
      expect(stale(await apply())).toMatch(/ConfigMap\/old {2}changed by someone\n/);
      await inApp('patch', 'configmap/old', '--type=merge', '-p', '{"data":{"theirs":null}}');
      await writeFile(join(folder, 'plan.json'), whole);
      expect((await apply()).code).toBe(0);
      expect((await apply()).stderr).toMatch(/plan\.json is applied already/);
      await expect(inApp('get', 'configmap/old')).rejects.toThrow(/NotFound/);
    });

    it('keeps the flags that it was planned with', async () => {
      await write({ immutable: 'one' });
      expect((await here('deploy', ...place(), '--yes')).code).toBe(0);
      await write({ immutable: 'two' });
      expect((await plan()).code).toBe(5);
      const replacing = await plan('--replace', 'ConfigMap/fixed');
      expect(replacing.stdout).toMatch(/! ConfigMap\/fixed/);
      expect((await apply()).code).toBe(0);
      expect(JSON.parse(await data('fixed'))).toEqual({ value: 'two' });
      expect((await apply()).stderr).toMatch(/plan\.json is applied already/);
      await write({ immutable: 'three' });
      expect(stale(await apply())).toMatch(/--replace ConfigMap\/fixed --out plan.json/);
    });

    it('is not saved where it would be read as a manifest, and needs its folder', async () => {
      const inside = await here('plan', ...place(), '--out', 'k8s/plan.json');
      expect(inside.code).toBe(2);
      expect(inside.stderr).toMatch(/in the folder of the manifests/);
      await plan();
      const elsewhere = await cloudnative(tmpdir(), 'deploy', '--plan', join(folder, 'plan.json'));
      expect(elsewhere.code).not.toBe(0);
      expect(elsewhere.stderr).toMatch(/k8s/);
    });
  });

  describe('of a workspace', () => {
    const name = `${app}-shop`;
    const shop = () => join(folder, 'shop');
    const here = (...args: string[]) => cloudnative(shop(), ...args);
    const plan = () => here('plan', '-e', 'staging', '--out', 'plan.json');
    const source = (version: string) =>
      tinyService(join(shop(), 'services'), 'orders', { program: `${program}// ${version}\n` });

    beforeAll(async () => {
      await cliOk(['init', 'shop', '--name', name], { cwd: folder });
      const file = join(shop(), 'cloudnative.yaml');
      const settings = { target: 'kubernetes', context: lab.context, namespace: name, host: lab.dockerHost };
      const text = await readFile(file, 'utf8');
      const added = text.replace(
        'environments:\n',
        `environments:\n  staging: ${JSON.stringify(settings)}\n`,
      );
      await writeFile(file, `${added}registry: ${lab.registry}/${name}\n`);
      const service = await source('one');
      await mkdir(join(service, 'deploy/kubernetes'), { recursive: true });
      await writeFile(join(service, 'deploy/kubernetes/all.yaml'), deployment('orders', 'orders', ''));
    });

    it('is not made while an image is still to be pushed', async () => {
      const { code, stderr } = await plan();
      expect(code).toBe(4);
      expect(stderr).toMatch(/orders is still to be built.*\[E_PENDING\]/);
      expect(stderr).toMatch(/cloudnative push orders -e staging /);
      await expect(stat(join(shop(), 'plan.json'))).rejects.toThrow();
    });

    it('is carried out with the image that was pushed, and nothing is built', async () => {
      expect((await here('push', '-e', 'staging')).code).toBe(0);
      expect((await plan()).code).toBe(10);
      const { code, stderr } = await here('deploy', '--plan', 'plan.json');
      expect(code).toBe(0);
      expect(stderr).toMatch(new RegExp(`Release 1 of ${name} is live on staging`));
      expect(stderr).not.toMatch(/built|pushed/);
    });

    it('is refused when the image would be another, pushed or not', async () => {
      await source('two');
      expect((await here('push', '-e', 'staging')).code).toBe(0);
      expect((await plan()).code).toBe(10);
      await source('three');
      const unbuilt = await here('deploy', '--plan', 'plan.json');
      expect(stale(unbuilt)).toMatch(/why {4}what orders runs {2}its sources have changed\n {2}try/);
      expect(unbuilt.stderr).toMatch(/cloudnative plan -e staging --out plan.json/);
      expect((await here('push', '-e', 'staging')).code).toBe(0);
      const pushed = await here('deploy', '--plan', 'plan.json');
      expect(stale(pushed)).toMatch(/why {4}what orders runs {2}its sources have changed\n {2}try/);
      await source('two');
      expect((await here('deploy', '--plan', 'plan.json')).code).toBe(0);
    });

    it('can be about the pull secret, whose login is in no file', async () => {
      const login = async (password: string) => {
        const auth = Buffer.from(`robot:${password}`).toString('base64');
        await writeFile(
          join(folder, 'config.json'),
          JSON.stringify({ auths: { [lab.registry!]: { auth } } }),
        );
      };
      const loggedIn = async (...args: string[]) => {
        const env = { KUBECONFIG: lab.kubeconfig!, DOCKER_CONFIG: folder };
        const result = await cli(args, { cwd: shop(), env });
        told += `${result.stdout}${result.stderr}`;
        return result;
      };
      await login(`${canary}-5`);
      const { code, stdout } = await loggedIn('plan', '-e', 'staging', '--pull-secret', '--out', 'plan.json');
      expect(code).toBe(10);
      expect(stdout).toMatch(new RegExp(`\\+ Secret/${name}-staging-pull`));
      told += await readFile(join(shop(), 'plan.json'), 'utf8');
      await login(`${canary}-6`);
      const other = stale(await loggedIn('deploy', '--plan', 'plan.json'));
      expect(other).toMatch(/-staging-pull {2}its files have changed/);
      expect(other).toMatch(/plan -e staging --pull-secret --out plan.json/);
      await login(`${canary}-5`);
      expect((await loggedIn('deploy', '--plan', 'plan.json')).code).toBe(0);
      expect((await loggedIn('deploy', '--plan', 'plan.json')).stderr).toMatch(
        /plan\.json is applied already/,
      );
    });

    it('is for one place', async () => {
      expect((await plan()).code).toBe(0);
      const file = join(shop(), 'cloudnative.yaml');
      const text = await readFile(file, 'utf8');
      await writeFile(file, text.replace(`"namespace":"${name}"`, `"namespace":"${name}-2"`));
      const { stderr } = await here('deploy', '--plan', 'plan.json');
      expect(stderr).toMatch(/the place +was staging .*, and is staging .*-2\)/);
      await writeFile(file, text);
    });

    it('leaves nothing', async () => {
      expect((await here('destroy', '-e', 'staging', '--yes')).code).toBe(0);
    });
  });

  it('never tells a value of a secret', () => {
    expect(told).toMatch(/cloudnative-plan/);
    expect(told).not.toContain(canary);
    for (const text of [canary, `robot:${canary}`]) {
      const base64 = Buffer.from(text)
        .toString('base64')
        .replace(/.{0,2}=*$/, '');
      expect(told).not.toContain(base64);
    }
  });
});

interface Values {
  greeting: string;
  password: string;
  replicas: string;
  immutable: string;
  more: string;
}

const usual: Values = {
  greeting: 'hello',
  password: `${canary}-1`,
  replicas: '',
  immutable: 'one',
  more: '',
};

function manifests({ greeting, password, replicas, immutable, more }: Values): string {
  return `apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
data: {greeting: ${greeting}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: fixed}
immutable: true
data: {value: ${immutable}}
---
apiVersion: v1
kind: Secret
metadata: {name: login}
stringData: {password: ${password}}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  selector: {app: web}
  ports: [{port: 80, targetPort: 8080}]
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: web}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
  minReplicas: 1
  maxReplicas: 3
  behavior: {scaleDown: {selectPolicy: Disabled}} # the idle pods of this test would be scaled down at any moment
  metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 80}}}]
---
${deployment('web', 'node:24-slim', replicas)}${more}`;
}

function config(name: string): string {
  return `---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\ndata: {ours: "1"}\n`;
}

const program = `const { createServer } = require('node:http');
createServer((_, response) => response.end('ok')).listen(Number(process.env.HTTP_PORT));
process.on('SIGTERM', () => process.exit(0));
`;

function deployment(name: string, image: string, replicas: string): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}}
spec:
  ${replicas}
  selector: {matchLabels: {app: ${name}}}
  template:
    metadata: {labels: {app: ${name}}}
    spec:
      terminationGracePeriodSeconds: 1
      securityContext: {runAsNonRoot: true, runAsUser: 65532, seccompProfile: {type: RuntimeDefault}}
      containers:
        - name: ${name}
          image: ${image}
          ${image === name ? '' : 'command: [node, -e, "setInterval(() => {}, 1000)"]'}
          securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}
          resources: {requests: {cpu: 10m, memory: 32Mi}}
`;
}

/** What a refusal says. */
function stale({ code, stderr }: CliResult): string {
  expect(stderr).toMatch(/\[E_STALE_PLAN\]/);
  expect(code).toBe(5);
  return stderr;
}

/** All that a deploy could have written, by version. */
async function everything(inApp: (...args: string[]) => Promise<string>): Promise<string> {
  const path = '{range .items[*]}{.kind}/{.metadata.name} {.metadata.uid} {.data}{.spec}{"\\n"}{end}';
  const listed = await inApp('get', 'configmap,secret,service', '-o', `jsonpath=${path}`);
  return listed
    .split('\n')
    .filter((line) => !line.includes('kube-root-ca'))
    .join('\n');
}
