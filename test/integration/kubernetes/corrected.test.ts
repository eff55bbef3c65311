import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ExpectedError } from '../../../src/core/errors.ts';
import { labSuite } from '../../support/lab.ts';
import { type App, change, deploy, openApp } from './support/app.ts';
import { kubectl } from './support/kubectl.ts';
import { pushProbeImage } from './support/probe-image.ts';

const safe = 'securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}},';
const some = 'resources: {requests: {cpu: 1m}},';

/** Three pods that take some seconds to get ready, so that those of before are still wanted for a while. */
const web = (name: string, container: string, kind = 'Deployment') => `apiVersion: apps/v1
kind: ${kind}
metadata: {name: ${name}}
spec:
  replicas: 3
  ${kind === 'StatefulSet' ? 'serviceName: none' : ''}
  selector: {matchLabels: {app: ${name}}}
  template:
    metadata: {labels: {app: ${name}}}
    spec:
      terminationGracePeriodSeconds: 1
      securityContext: {runAsNonRoot: true, runAsUser: 65532, seccompProfile: {type: RuntimeDefault}}
      containers:
        - {name: ${name}, image: ${name}, ${container} readinessProbe: {httpGet: {path: /readyz, port: 8080}, initialDelaySeconds: 4, periodSeconds: 1}}
`;

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

  test.each([
    { name: 'insecure', kind: 'Deployment', refused: some, reason: /violates PodSecurity/ },
    { name: 'over-quota', kind: 'Deployment', refused: safe, reason: /exceeded quota/ },
    { name: 'insecure-set', kind: 'StatefulSet', refused: some, reason: /violates PodSecurity/ },
  ])(
    'pods of a $kind that were refused ($name) say nothing about the corrected ones',
    async ({ name, kind, refused, reason }) => {
      const wanted = (container: string) =>
        app.service(name, { image, files: { 'web.yaml': web(name, container, kind) } });
      const failed = await deploy(app.target, [await wanted(refused)]).catch((error: unknown) => error);
      const { code, message, why } = (failed as ExpectedError).explanation;
      expect([message, why].flat().join('\n')).toMatch(reason);
      expect(code).toBe('E_ROLLOUT_FAILED');
      const corrected = await deploy(app.target, [await wanted(safe + some)]);
      expect(change(corrected, `${kind}/${name}`).action).toBe('update');
    },
    120_000,
  );

  test('pods of a DaemonSet that crash say nothing about the corrected ones, which come before they go', async () => {
    const agent = (code: number) => `apiVersion: apps/v1
kind: DaemonSet
metadata: {name: agent}
spec:
  updateStrategy: {rollingUpdate: {maxSurge: 1, maxUnavailable: 0}}
  selector: {matchLabels: {app: agent}}
  template:
    metadata: {labels: {app: agent}}
    spec:
      terminationGracePeriodSeconds: 1
      securityContext: {runAsNonRoot: true, runAsUser: 65532, seccompProfile: {type: RuntimeDefault}}
      containers:
        - {name: agent, image: agent, env: [{name: EXIT_CODE, value: "${code || ''}"}], ${safe} ${some} readinessProbe: {httpGet: {path: /readyz, port: 8080}, initialDelaySeconds: 8, periodSeconds: 1}}
`;
    const wanted = (code: number) => app.service('agent', { image, files: { 'agent.yaml': agent(code) } });
    const failed = await deploy(app.target, [await wanted(3)]).catch((error: unknown) => error);
    expect((failed as ExpectedError).explanation.message).toMatch(/exits with code 3/);
    const corrected = await deploy(app.target, [await wanted(0)]);
    expect(change(corrected, 'DaemonSet/agent').action).toBe('update');
  }, 120_000);
});
