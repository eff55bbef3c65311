import { afterAll, beforeAll, expect, test } from 'vitest';
import { cliJson } from '../../support/cli.ts';
import { labSuite } from '../../support/lab.ts';
import { figure } from '../../support/trials.ts';
import { type CliApp, environment, openCliApp } from './support/cli-app.ts';
import { killMatrix, type Row } from './support/kill-matrix.ts';
import { kubectl } from './support/kubectl.ts';
import { fewKinds, manyKinds, replacing, withFixed } from './support/many-kinds.ts';
import { type Watcher, watcher } from './support/snapshot.ts';

/**
 * Objects of somebody else, some of them with labels of ours that they have no right to. In block style: kubectl 1.30 takes whatever
 * begins with a brace for JSON.
 */
const foreign = (app: string) => `
apiVersion: v1
kind: ConfigMap
metadata: {name: foreign}
data: {a: b}
---
apiVersion: v1
kind: Secret
metadata: {name: foreign-labelled, labels: {cloudnative.dev/app: ${app}, cloudnative.dev/environment: staging}}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: foreign-labelled, labels: {cloudnative.dev/app: ${app}, cloudnative.dev/environment: staging, cloudnative.dev/service: orders}}
---
apiVersion: v1
kind: Service
metadata: {name: foreign-near, labels: {app.kubernetes.io/managed-by: cloudnative}}
spec: {ports: [{port: 80}]}
`;

labSuite('kubernetes faults', ['kubeconfig', 'kubectl', 'dockerHost', 'registry'], () => {
  let app: CliApp;
  let place: Watcher;
  beforeAll(async () => {
    app = await openCliApp({});
    place = watcher(app.namespace);
    await kubectl(['create', '-n', app.namespace, '-f', '-'], { input: foreign(app.name) });
  });
  afterAll(async () => {
    place.close();
    await kubectl(['delete', 'clusterrole', app.name, '--ignore-not-found']);
    await app.close();
  });

  /** The data of what a run says of itself. */
  const run = async (...args: string[]) =>
    cliJson<{ release?: number }>([...args, '-e', environment, '--yes'], await app.run());
  const write = (version?: string) => app.write(manyKinds(app.name, version));

  const rows: Record<string, Row> = {
    deploy: {
      prepare: async () => {
        await write();
        await run('destroy');
        return ['deploy'];
      },
    },
    'deploy of a change': {
      prepare: async () => {
        await write();
        await run('deploy');
        await write('two');
        return ['deploy'];
      },
    },
    prune: {
      prepare: async () => {
        await write();
        await run('deploy');
        await app.write(fewKinds(app.name));
        // It would lose most of what it has.
        return ['deploy', '--allow-removals'];
      },
    },
    rollback: {
      always: /^DELETE \S+\/(deployments\/orders|configmaps\/fixed)$/,
      prepare: async () => {
        await app.write(withFixed(app.name, 'one'));
        const { release } = await run('deploy', ...replacing);
        await app.write(withFixed(app.name, 'two'));
        await run('deploy', ...replacing);
        return ['rollback', '--to', String(release), ...replacing];
      },
    },
    destroy: {
      empties: true,
      prepare: async () => {
        await write();
        // What another row left may have other fixed fields.
        await run('destroy');
        await run('deploy');
        return ['destroy'];
      },
    },
  };

  test.each(Object.entries(rows))(
    '%s, killed at its requests, converges when it is run again',
    async (name, row) => {
      const { requests, writes, tried, converged, foreignTouched, failures } = await killMatrix(
        row,
        app,
        place,
      );
      figure(
        name.startsWith('deploy') ? 'K1' : 'K2',
        `${name} of ${Object.keys(manyKinds('')).length} kinds, ${requests} requests, ${writes} of them writes: ${tried} points tried, ${converged} converged, ${foreignTouched} foreign objects touched`,
      );
      expect(failures).toEqual([]);
      expect({ converged, foreignTouched }).toEqual({ converged: tried, foreignTouched: 0 });
      expect(tried).toBeGreaterThanOrEqual(5);
    },
    7_200_000,
  );
});
