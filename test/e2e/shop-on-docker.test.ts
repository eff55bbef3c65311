import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { cliJson } from '../support/cli.ts';
import { lab, labSuite } from '../support/lab.ts';
import { app, shopStory } from './shop-story.ts';

const run = promisify(execFile);

labSuite('shop on docker', ['dockerHost', 'prometheus', 'promtool'], () => {
  shopStory({
    environment: 'docker',
    settings: { target: 'docker', host: lab.dockerHost },
    env: {},
    replicas: 1,
    scrapeFlags: [],
    address: async (service, cwd) => {
      const { services } = await cliJson<{ services: { service: string; url: string }[] }>(
        ['status', '-e', 'docker'],
        { cwd },
      );
      return services.find((one) => one.service === service)!.url;
    },
    inventory: engineInventory,
    shared: true,
    discovered: ['__meta_docker_container_id'],
  });
});

/** Containers, networks and volumes of the app; other tests use the same engine at the same time. */
async function engineInventory(): Promise<string[]> {
  const docker = async (...args: string[]) =>
    (await run('docker', ['-H', lab.dockerHost!, ...args])).stdout.split('\n').filter(Boolean);
  const mine = ['--filter', `label=cloudnative.dev/app=${app}`];
  const named = ['--filter', `name=${app}-docker`];
  return [
    ...(await docker('ps', '-aq', '--no-trunc', ...mine)),
    ...(await docker('ps', '-aq', '--no-trunc', ...named)),
    ...(await docker('network', 'ls', '-q', '--no-trunc', ...mine)),
    ...(await docker('network', 'ls', '-q', '--no-trunc', ...named)),
    ...(await docker('volume', 'ls', '-q', ...mine)),
  ].sort();
}
