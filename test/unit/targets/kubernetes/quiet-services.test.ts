import { expect, test } from 'vitest';
import { ApiError } from '../../../../src/targets/kubernetes/api/api-error.ts';
import { noWorkloads, quietServices } from '../../../../src/targets/kubernetes/observe/quiet-services.ts';
import { type Member, recordObject } from '../../../../src/targets/kubernetes/record/app-record.ts';
import { fakeCluster } from './fake-cluster.ts';

const member = (service: string | undefined, kind: string, name: string, uid?: string): Member => ({
  group: kind === 'CronJob' ? 'batch' : '',
  kind,
  namespace: 'shop',
  name,
  service,
  uid,
});
const recorded = (...members: Member[]) => {
  const place = fakeCluster([]);
  return fakeCluster([recordObject(members, place)]);
};
const failing = (status: number, message: string) => ({
  ...fakeCluster([]),
  api: {
    request: async () => {
      throw new ApiError(status, JSON.stringify({ message }));
    },
  } as never,
});

test('services that have objects on record are there, others are not', async () => {
  const cluster = recorded(
    member('rules', 'ConfigMap', 'a', '1'),
    member('rules', 'ConfigMap', 'b', '2'),
    member('one', 'ConfigMap', 'c', '3'),
    member('nightly', 'ConfigMap', 'd', '4'),
    member('nightly', 'CronJob', 'backup', '5'),
    // A deploy that was killed may not have come to it.
    member('begun', 'ConfigMap', 'e'),
    member(undefined, 'Secret', 'pull', '6'),
  );
  expect(await quietServices(['rules', 'begun', 'nightly', 'one', 'none'], cluster)).toEqual([
    { service: 'rules', what: '2 objects, no workloads' },
    { service: 'nightly', what: '2 objects, CronJob/backup' },
    { service: 'one', what: '1 object, no workloads' },
  ]);
  expect(await quietServices(['rules'], fakeCluster([]))).toEqual([]);
});

test('a workload that was removed by hand leaves nothing that counts, a Job that is gone does', async () => {
  const map = (service: string) => member(service, 'ConfigMap', service, '1');
  const cluster = recorded(
    ...[map('web'), { ...member('web', 'Deployment', 'web', '2'), group: 'apps' }],
    ...[map('setup'), { ...member('setup', 'Job', 'setup', '3'), group: 'batch' }],
  );
  expect(await quietServices(['web', 'setup'], cluster)).toEqual([
    { service: 'setup', what: '2 objects, no workloads' },
  ]);
});

test('a record that was changed, or that we may not read, is no reason to say nothing', async () => {
  const cluster = recorded(member('rules', 'ConfigMap', 'a', '1'));
  const place = recordObject([member('rules', 'ConfigMap', 'a', '1')], cluster);
  expect(await quietServices(['rules'], fakeCluster([{ ...place, data: { members: '{' } }]))).toEqual([]);
  await expect(quietServices(['rules'], failing(500, 'no'))).rejects.toThrow('no');
});

test('what needs workloads is refused by what there is', async () => {
  const cluster = recorded(member('rules', 'ConfigMap', 'a', '1'), member('more', 'ConfigMap', 'b', '2'));
  const told = async (...services: string[]) =>
    (await noWorkloads(services, 'nothing that writes logs', cluster)).explanation;
  expect(await told('rules', 'orders')).toEqual({
    code: 'E_NO_WORKLOADS',
    exit: 'notFound',
    message: 'rules has nothing that writes logs',
    where: 'shop, environment staging',
    why: ['rules is deployed: 1 object, no workloads'],
    hints: ['cloudnative status -e staging'],
  });
  expect((await told('rules', 'more')).message).toBe('rules, more have nothing that writes logs');
  expect(await told('orders')).toMatchObject({ code: 'E_NOT_DEPLOYED' });
});
