import { expect, test } from 'vitest';
import {
  declaredChanges,
  withoutGenerated,
} from '../../../../src/targets/kubernetes/plan/declared-changes.ts';

const metadata = { name: 'orders' };
const service = (spec: object) => ({ apiVersion: 'v1', kind: 'Service', metadata, spec });

test('only what the manifest says otherwise is a change of it', () => {
  const live = service({
    clusterIP: '10.0.0.1',
    type: 'ClusterIP',
    ports: [{ port: 80, name: 'http', protocol: 'TCP' }],
  });
  expect(declaredChanges(live, service({ type: 'NodePort' }))).toEqual([
    { path: 'spec.type', before: 'ClusterIP', after: 'NodePort' },
  ]);
  expect(declaredChanges(live, service({ type: 'ClusterIP', ports: [{ port: 80, name: 'http' }] }))).toEqual(
    [],
  );
});

test('what is made anew each time is as it was, unless the manifest says what it is', () => {
  const live = service({ clusterIP: '10.0.0.1', type: 'ClusterIP', replicas: 1 });
  const made = service({ clusterIP: '10.0.0.2', type: 'NodePort', replicas: 2, added: 'x' });
  expect(withoutGenerated(made, live, service({ type: 'NodePort' }))).toEqual(
    service({ clusterIP: '10.0.0.1', type: 'NodePort', replicas: 2, added: 'x' }),
  );
  expect(withoutGenerated(made, live, service({ type: 'NodePort', clusterIP: '10.0.0.2' }))).toEqual(made);
});
