import { afterAll, beforeAll, expect, it } from 'vitest';
import { stringifyYaml } from '../../../src/core/yaml.ts';
import { explain } from '../../../src/observability/discover.ts';
import { discoverContainers, type EngineHoldings } from '../../../src/observability/discovery/containers.ts';
import { containerLabels, scrapeConfig } from '../../../src/observability/scrape-config.ts';
import { openDockerEngine } from '../../../src/system/docker-engine.ts';
import { lab, labSuite } from '../../support/lab.ts';
import { eventually, startPrometheus } from '../../support/prometheus.ts';
import { docker, uniqueApp } from '../builds/build-fixtures.ts';
import { expectAgreement } from './discovered.ts';

labSuite('scrape-config explain', ['kubeconfig', 'kubectl', 'pods', 'prometheus', 'dockerHost'], () => {
  const app = uniqueApp('scrape');
  const scope = { app, environment: 'docker', services: ['catalog', 'orders'] };
  const source = { kind: 'docker' as const, host: lab.dockerHost! };
  const network = `${app}-docker`;
  const other = `${app}-other`;
  const labels = (service: string, of = app) =>
    [`app=${of}`, 'environment=docker', `service=${service}`, 'admin-port=9100'].flatMap((label) => [
      '--label',
      `cloudnative.dev/${label}`,
    ]);
  const start = (name: string, ...flags: string[]) =>
    docker('run', '-d', '--name', `${app}-${name}`, ...flags, 'node:24-slim', 'sleep', '3600');

  beforeAll(async () => {
    await docker('network', 'create', '--label', `a.b-c=${app}`, network);
    await docker('network', 'create', other);
    const ours = ['--network', network, ...labels('orders')];
    await start(
      'ports',
      ...ours,
      '--expose',
      '8080',
      '--expose',
      '9100',
      '--expose',
      '53/udp',
      '-p',
      '127.0.0.1::8080',
    );
    await start('portless', ...ours);
    await docker('network', 'connect', other, `${app}-ports`);
    await start('elsewhere', '--network', other, ...labels('catalog'), '--expose', '9100');
    await start('sharing', '--network', `container:${app}-ports`, ...labels('catalog'));
    await start('host', '--network', 'host', ...labels('catalog'));
    await start('stranger', '--network', network, ...labels('stranger'));
    await start('stopped', ...ours);
    await docker('stop', '-t', '0', `${app}-stopped`);
    await start('paused', ...ours, '--expose', '9100');
    await docker('pause', `${app}-paused`);
    await start('other-app', '--network', network, ...labels('orders', `${app}-2`));
  }, 120_000);
  afterAll(async () => {
    const all = await docker('ps', '-aq', '--filter', `name=${app}-`);
    if (all) await docker('rm', '-f', ...all.split('\n'));
    await docker('network', 'rm', network, other);
  }, 60_000);

  const holdings = async (): Promise<EngineHoldings> => {
    const engine = await openDockerEngine({ host: lab.dockerHost });
    const [containers, networks] = await engine.call((one) =>
      Promise.all([one.listContainers({ all: true }), one.listNetworks()]),
    );
    return { containers, networks };
  };

  it('finds and drops what Prometheus does, with the same labels', async () => {
    const prometheus = await startPrometheus(lab.prometheus!, stringifyYaml(scrapeConfig(scope, source)));
    try {
      const engine = await holdings();
      const [job] = explain(scope, source, { engine });
      const found = await eventually(
        () => prometheus.allTargets(),
        ({ activeTargets, droppedTargets }) => activeTargets.length + droppedTargets.length > 0,
      );
      expectAgreement(found, discoverContainers(engine, containerLabels(scope)), job!);
      const own = job!.groups.filter(({ name }) => name.startsWith(`${app}-`));
      const told = Object.fromEntries(
        own.map(({ name, targets, dropped: [first], unseen }) => [
          name.slice(app.length + 1),
          targets.length > 0 ? targets.length : (unseen ?? first?.reason),
        ]),
      );
      expect(told).toEqual({
        ports: 1,
        portless: 1,
        paused: 1,
        sharing: 1,
        elsewhere: `network is "${other}", and has to be ${network}`,
        host: `network is "host", and has to be ${network}`,
        stranger: 'label cloudnative.dev/service is "stranger", and has to be catalog|orders',
        stopped: 'does not run: it is exited',
        'other-app': `is not among the containers with cloudnative.dev/app=${app},cloudnative.dev/environment=docker`,
      });
    } finally {
      await prometheus.stop();
    }
  }, 60_000);
});
