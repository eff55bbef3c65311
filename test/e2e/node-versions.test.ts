import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { bin, cleanEnvironment } from '../support/cli.ts';
import { lab, labSuite } from '../support/lab.ts';
import { tinyService } from '../support/tiny-service.ts';

const run = promisify(execFile);
const workspace = `version: 1
name: shop
services: [tiny]
environments:
  docker: {target: docker}
  staging: {target: kubernetes, context: ${lab.context}, namespace: node-versions}
defaultEnvironment: docker
`;

labSuite('node versions', ['nodes', 'dockerHost', 'kubeconfig', 'pods'], () => {
  it.each(['22', '24'])(
    'the built program works on Node %s, every SDK loaded, without a warning',
    async (major) => {
      const home = await mkdtemp(join(tmpdir(), 'cloudnative-node-'));
      const env = cleanEnvironment({ HOME: home, DOCKER_HOST: lab.dockerHost, KUBECONFIG: lab.kubeconfig });
      const cloudnative = (cwd: string, ...args: string[]) =>
        run(lab.nodes![major]!, [bin, ...args], { cwd, env });
      try {
        expect((await run(lab.nodes![major]!, ['--version'])).stdout).toMatch(new RegExp(`^v${major}\\.`));
        expect((await cloudnative(home, '--help')).stdout).toMatch(/scrape-config/);
        await cloudnative(home, 'new', 'orders', '--lang', 'ts');
        const folder = await tinyService(home, 'tiny');
        expect((await cloudnative(folder, 'deploy')).stderr).toMatch(/tiny is live on local/);
        expect((await cloudnative(folder, 'destroy')).stderr).toMatch(/is gone/);
        await writeFile(join(home, 'cloudnative.yaml'), workspace);
        for (const environment of ['docker', 'staging']) {
          const status = await cloudnative(home, 'status', '-e', environment);
          expect(status).toMatchObject({ stderr: '', stdout: expect.stringMatching(/not deployed/) });
        }
      } finally {
        await rm(home, { recursive: true, force: true });
      }
    },
  );
});
