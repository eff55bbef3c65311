import { afterAll, beforeAll, expect, test } from 'vitest';
import { cliOk } from '../../support/cli.ts';
import { labSuite } from '../../support/lab.ts';
import { figure } from '../../support/trials.ts';
import { type CliApp, environment, openCliApp } from './support/cli-app.ts';
import { killMatrix, type Row } from './support/kill-matrix.ts';
import { kubectl } from './support/kubectl.ts';
import { manyKinds } from './support/many-kinds.ts';
import { type Watcher, watcher } from './support/snapshot.ts';

/** Objects of somebody else, one of them with a label of ours that it has no right to. */
const foreign = (app: string) => `
{apiVersion: v1, kind: ConfigMap, metadata: {name: foreign}, data: {a: b}}
---
{apiVersion: v1, kind: Secret, metadata: {name: foreign-labelled, labels: {cloudnative.dev/app: ${app}, cloudnative.dev/environment: staging}}}
---
{apiVersion: v1, kind: Service, metadata: {name: foreign-near, labels: {app.kubernetes.io/managed-by: cloudnative}}, spec: {ports: [{port: 80}]}}
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

  const run = async (command: string) =>
    void (await cliOk([command, '-e', environment, '--yes'], await app.run()));
  const first = () => app.write(manyKinds(app.name));
  const second = () => app.write(manyKinds(app.name, 'two'));

  const rows: Record<string, Row> = {
    deploy: {
      command: ['deploy'],
      prepare: async () => {
        await first();
        await run('destroy');
      },
    },
    'deploy of a change': {
      command: ['deploy'],
      prepare: async () => {
        await first();
        await run('deploy');
        await second();
      },
    },
    destroy: {
      command: ['destroy'],
      empties: true,
      prepare: async () => {
        await first();
        await run('deploy');
      },
    },
  };

  test.each(Object.entries(rows))(
    '%s, killed at its requests, converges when it is run again',
    async (name, row) => {
      const { requests, tried, converged, foreignTouched, failures } = await killMatrix(row, app, place);
      figure(
        name === 'destroy' ? 'K2' : 'K1',
        `${name} of ${Object.keys(manyKinds('')).length} kinds, ${requests} requests: ${tried} points tried, ${converged} converged, ${foreignTouched} foreign objects touched`,
      );
      expect(failures).toEqual([]);
      expect({ converged, foreignTouched }).toEqual({ converged: tried, foreignTouched: 0 });
      expect(tried).toBeGreaterThanOrEqual(5);
    },
    7_200_000,
  );
});
