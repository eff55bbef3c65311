import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ExpectedError } from '../../../src/core/errors.ts';
import type { Event } from '../../../src/core/events.ts';
import { labSuite } from '../../support/lab.ts';
import { type App, deploy, openApp } from './support/app.ts';
import { kubectl } from './support/kubectl.ts';

const claim = (name: string) =>
  `apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: ${name}}\nspec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Mi}}}\n`;
const unbound = /no persistent volumes available for this claim and no storage class is set/;

/** What only others can give, in a cluster that has neither a balancer nor storage. */
labSuite('kubernetes target', ['kubeconfig', 'kubectl', 'pods'], () => {
  let app: App;
  beforeAll(async () => {
    app = await openApp();
  });
  afterAll(() => app.close());

  const failing = async (files: Record<string, string>, timeout: number) => {
    const service = await app.service('web', { image: 'web', files });
    const error = await deploy(app.target, [service], { timeout }).catch((thrown: unknown) => thrown);
    return (error as ExpectedError).explanation;
  };

  test('an address of a balancer is not waited for: it is told when it is there, and when it is not', async () => {
    const balanced =
      'apiVersion: v1\nkind: Service\nmetadata: {name: front}\nspec: {type: LoadBalancer, ports: [{port: 80}]}\n';
    const files = (more = '') => ({
      'front.yaml': balanced.replace('{name: front}', `{name: front${more}}`),
    });
    const told = async (more = '') => {
      const events: Event[] = [];
      const service = await app.service('front', { image: 'front', files: files(more) });
      await deploy(app.target, [service], { timeout: 8000, events });
      return events.flatMap((event) => (event.type === 'ready' ? [event.resource, event.detail] : []));
    };
    expect(await told()).toEqual([
      'Service/front',
      'no address of a load balancer yet, which is not waited for',
    ]);
    // Nothing has changed, and there is nothing to wait for.
    expect(await told()).toEqual([]);
    const status = '{"status": {"loadBalancer": {"ingress": [{"ip": "192.0.2.7"}]}}}';
    await kubectl([
      'patch',
      'service/front',
      '-n',
      app.namespace,
      '--subresource=status',
      '--type=merge',
      '-p',
      status,
    ]);
    expect(await told(', annotations: {a: b}')).toEqual(['Service/front', 'reached at 192.0.2.7']);
  });

  test('a claim that nothing can fulfil is told with what the cluster says about it', async () => {
    const explanation = await failing({ 'claim.yaml': claim('data') }, 8000);
    expect(explanation).toMatchObject({
      code: 'E_TIMEOUT',
      message: expect.stringMatching(
        /^PersistentVolumeClaim\/data is not ready: waits for a volume: no persistent/,
      ),
      why: [expect.stringMatching(/^FailedBinding.*no storage class is set/)],
      hints: [
        expect.stringMatching(/storageClassName.*kubectl --context \S+ --kubeconfig \S+ get storageclass/),
        expect.stringMatching(/PersistentVolume that fits/),
      ],
    });
    expect(explanation.message).toMatch(unbound);
  });

  test('so is one that pods wait for', async () => {
    const pod = `apiVersion: v1
kind: Pod
metadata: {name: store}
spec:
  volumes: [{name: data, persistentVolumeClaim: {claimName: store}}]
  containers: [{name: store, image: web, volumeMounts: [{name: data, mountPath: /data}]}]
`;
    const explanation = await failing({ 'store.yaml': `${claim('store')}---\n${pod}` }, 80_000);
    expect(explanation).toMatchObject({ code: 'E_ROLLOUT_FAILED', where: 'Pod/store' });
    expect(explanation.message).toMatch(
      /^web cannot start: no node takes it: .*unbound immediate PersistentVolumeClaims/,
    );
    const why = (explanation.why as string[]).join('\n');
    expect(why).toMatch(/^PersistentVolumeClaim\/store: no persistent volumes .*no storage class is set$/m);
    expect(explanation.hints?.join('\n')).toMatch(/storageClassName/);
    expect(explanation.hints?.join('\n')).not.toMatch(/add a node/);
  }, 120_000);
});
