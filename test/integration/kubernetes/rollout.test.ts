import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Plan } from '../../../src/core/change.ts';
import type { ExpectedError } from '../../../src/core/errors.ts';
import type { Diagnosis, Verdict } from '../../../src/core/readiness.ts';
import { labSuite } from '../../support/lab.ts';
import { type App, change, deploy, openApp } from './support/app.ts';
import { kubectl } from './support/kubectl.ts';
import { pushProbeImage } from './support/probe-image.ts';

const security = 'securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}';
const resources = 'resources: {requests: {cpu: 1m}}';

/** A workload that passes Pod Security, but for what a case changes. */
function workload(
  name: string,
  {
    kind = 'Deployment',
    container = '',
    pod = '',
    spec = '',
    safe = security,
    needs = resources,
    image = 'cases',
  } = {},
) {
  const podSpec = `securityContext: {runAsNonRoot: true, runAsUser: 65532, seccompProfile: {type: RuntimeDefault}}, terminationGracePeriodSeconds: 1, ${pod}
      containers: [{name: ${name}, image: "${image}", ${container} ${safe}, ${needs}}]`;
  const selector = kind === 'Job' ? '' : `selector: {matchLabels: {app: ${name}}},`;
  return `apiVersion: ${kind === 'Job' ? 'batch/v1' : 'apps/v1'}
kind: ${kind}
metadata: {name: ${name}}
spec: {${selector} ${spec}
  template: {metadata: {labels: {app: ${name}}}, spec: {${podSpec}}}}
`;
}

const env = (name: string, value: string) => `env: [{name: ${name}, value: "${value}"}],`;
const probe = 'readinessProbe: {httpGet: {path: /readyz, port: 8080}, periodSeconds: 1},';

interface Case {
  manifest: string;
  /** The verdict's reason, and what the diagnosis says. */
  reason: RegExp;
  message: RegExp;
  where: RegExp;
  why: RegExp;
}

const cases: Record<string, Case> = {
  image: {
    manifest: workload('image', { image: '127.0.0.1:5000/nope/nope:1' }),
    reason: /^cannot pull image 127\.0\.0\.1:5000\/nope\/nope:1: .*not found/,
    message: /^cases cannot start: cannot pull image .*not found/,
    where: /^Pod\/image-[\w-]+, container image$/,
    why: /Failed.*not found/,
  },
  crash: {
    manifest: workload('crash', { container: env('EXIT_CODE', '3') }),
    reason: /^container crash exits with code 3 \((twice|\d+ times)\)$/,
    message: /^cases cannot start: its container exits with code 3 \((twice|\d+ times)\)$/,
    where: /^Pod\/crash-[\w-]+, container crash$/,
    why: /^last lines of its log(?: before it ended)?\n {2}DATABASE_URL is not set$/,
  },
  command: {
    manifest: workload('command', { container: 'command: [/nope],' }),
    reason: /container command .*(no such file|not found|cannot be (started|created))/,
    message: /^cases cannot start: /,
    where: /^Pod\/command-[\w-]+, container command$/,
    why: /no such file or directory/,
  },
  config: {
    manifest: workload('config', { container: 'envFrom: [{secretRef: {name: missing}}],' }),
    reason: /^container config cannot be created: secret "missing" not found$/,
    message: /^cases cannot start: its container cannot be created: secret "missing" not found$/,
    where: /^Pod\/config-[\w-]+, container config$/,
    why: /secret "missing" not found/,
  },
  mount: {
    manifest: workload('mount', {
      pod: 'volumes: [{name: v, configMap: {name: missing}}],',
      container: 'volumeMounts: [{name: v, mountPath: /v}],',
    }),
    reason: /configmap "missing" not found$/,
    message: /^cases cannot start: .*configmap "missing" not found$/,
    where: /^Pod\/mount-[\w-]+, container mount$/,
    why: /FailedMount/,
  },
  schedule: {
    manifest: workload('schedule', { pod: 'nodeSelector: {disk: none},' }),
    reason: /^no node takes it: 0\/1 nodes are available/,
    message: /^cases cannot start: no node takes it/,
    where: /^Pod\/schedule-[\w-]+$/,
    why: /FailedScheduling/,
  },
  refused: {
    manifest: workload('refused', { safe: 'securityContext: {privileged: true}' }),
    reason: /violates PodSecurity "restricted:latest"/,
    message: /^cases cannot start/,
    where: /Deployment\/refused$/,
    why: /violates PodSecurity/,
  },
  'refused-set': {
    manifest: workload('refused-set', {
      kind: 'StatefulSet',
      spec: 'serviceName: x,',
      safe: 'securityContext: {privileged: true}',
    }),
    reason: /violates PodSecurity "restricted:latest"/,
    message: /^cases cannot start: its pods are refused$/,
    where: /StatefulSet\/refused-set$/,
    why: /violates PodSecurity/,
  },
  quota: {
    manifest: workload('quota', { needs: 'resources: {}' }),
    reason: /exceeded quota: none/,
    message: /^cases cannot start/,
    where: /Deployment\/quota$/,
    why: /exceeded quota: none/,
  },
  job: {
    manifest: workload('job', {
      kind: 'Job',
      spec: 'backoffLimit: 0,',
      pod: 'restartPolicy: Never,',
      container: env('EXIT_CODE', '4'),
    }),
    reason: /backoff limit/,
    message: /^cases is not ready: .*backoff limit/,
    where: /^Pod\/job-[\w-]+, container job$/,
    why: /DATABASE_URL is not set/,
  },
  deadline: {
    manifest: workload('deadline', {
      spec: 'progressDeadlineSeconds: 3,',
      container: `${env('READY', 'false')} ${probe}`,
    }),
    reason: /no progress within its deadline/,
    message: /^cases is not ready: /,
    where: /^Pod\/deadline-[\w-]+, container deadline$/,
    why: /Readiness probe failed/,
  },
};

labSuite('kubernetes target', ['kubeconfig', 'kubectl', 'pods', 'registry'], () => {
  let app: App;
  let image: string;
  beforeAll(async () => {
    image = await pushProbeImage('kubernetes-target/orders');
    app = await openApp();
    await kubectl(['label', 'namespace', app.namespace, 'pod-security.kubernetes.io/enforce=restricted']);
    const quota =
      'apiVersion: v1\nkind: ResourceQuota\nmetadata: {name: none}\nspec: {hard: {pods: "0"}, scopes: [BestEffort]}\n';
    await kubectl(['create', '-n', app.namespace, '-f', '-'], { input: quota });
  });
  afterAll(() => app.close());

  describe('a failing rollout ends with its cause, long before any timeout', () => {
    const signal = new AbortController().signal;
    const ended = new Map<string, { verdict: Verdict; after: number; diagnosis: Diagnosis }>();

    beforeAll(async () => {
      const files = Object.fromEntries(
        Object.entries(cases).map(([name, { manifest }]) => [`${name}.yaml`, manifest]),
      );
      const plan = await app.target.plan([await app.service('cases', { image, files })]);
      await Promise.all(Object.keys(cases).map((name) => watch(name, plan)));
    }, 120_000);

    const watch = async (name: string, plan: Plan) => {
      const own = plan.changes.find(({ id }) => id.endsWith(`/${name}`))!;
      const started = Date.now();
      await app.target.apply(own, signal);
      for (;;) {
        const verdict = await app.target.verdict(own, signal);
        const after = Date.now() - started;
        if (verdict.readiness !== 'progressing' || after > 60_000) {
          ended.set(name, { verdict, after, diagnosis: await app.target.diagnose(own, verdict) });
          return;
        }
        await setTimeout(500);
      }
    };

    test.each(Object.entries(cases))('%s', (name, expected) => {
      const { verdict, after, diagnosis } = ended.get(name)!;
      expect(verdict).toMatchObject({ readiness: 'failed', reason: expect.stringMatching(expected.reason) });
      expect(diagnosis).toMatchObject({
        message: expect.stringMatching(expected.message),
        where: expect.stringMatching(expected.where),
      });
      expect(diagnosis.why.join('\n')).toMatch(expected.why);
      expect(diagnosis.hints.length).toBeGreaterThan(0);
      expect(after).toBeLessThan(30_000);
    });
  });

  test('a deploy ends with the same cause, its old pods still serve, and the corrected one goes on from there', async () => {
    await deploy(app.target, [await app.service('orders', { image })]);
    const broken = await app.service('orders', { image, env: { EXIT_CODE: '3' } });
    const started = Date.now();
    const error = await deploy(app.target, [broken], { timeout: 100_000 }).catch((thrown: unknown) => thrown);
    expect((error as ExpectedError).explanation).toMatchObject({
      code: 'E_ROLLOUT_FAILED',
      message: 'orders cannot start: its container exits with code 3 (twice)',
    });
    expect(Date.now() - started).toBeLessThan(45_000);
    const [status] = (await app.target.status()).filter(({ service }) => service === 'orders');
    expect(status).toMatchObject({
      verdict: { readiness: 'failed' },
      notes: [expect.stringContaining('exits with code 3')],
    });
    const available = await kubectl([
      'get',
      'deployment/orders',
      '-n',
      app.namespace,
      '-o',
      'jsonpath={.status.availableReplicas}',
    ]);
    expect(available).toBe('1');
    // The same again finds nothing to write, and ends as the first did.
    expect(
      await deploy(app.target, [broken]).catch((thrown: ExpectedError) => thrown.explanation?.code),
    ).toBe('E_ROLLOUT_FAILED');
    const corrected = await deploy(app.target, [await app.service('orders', { image })]);
    expect(change(corrected, 'Deployment/orders').action).toBe('update');
  }, 90_000);

  test('what someone removes while it is waited for is told at once', async () => {
    const never = await app.service('slow', { image, env: { READY: 'false' } });
    setTimeout(4000).then(() => kubectl(['delete', 'deployment/slow', '-n', app.namespace]));
    const started = Date.now();
    const error = await deploy(app.target, [never], { timeout: 60_000 }).catch((thrown: unknown) => thrown);
    expect((error as ExpectedError).explanation.message).toContain('someone has removed it');
    expect(Date.now() - started).toBeLessThan(20_000);
  }, 90_000);

  test('a pod that never gets ready is told with its probe when the time is over', async () => {
    const never = await app.service('late', { image, env: { READY: 'false' } });
    const error = await deploy(app.target, [never], { timeout: 8000 }).catch((thrown: unknown) => thrown);
    const { explanation } = error as ExpectedError;
    expect(explanation).toMatchObject({
      code: 'E_TIMEOUT',
      exit: 'timeout',
      message: 'late is not ready: 0 of 1 pod new and ready (not ready after 8.0s)',
      where: expect.stringMatching(/^Pod\/late-[\w-]+, container late$/),
    });
    const why = (explanation.why as string[]).join('\n');
    expect(why).toMatch(/Readiness probe failed: HTTP probe failed with statuscode: 503/);
    expect(why).toMatch(/last lines of its log\n {2}listening on 8080/);
  });
});
