import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type CliResult, cli, cliOk } from '../support/cli.ts';
import { lab, labSuite } from '../support/lab.ts';
import { tinyService } from '../support/tiny-service.ts';

const run = promisify(execFile);
const app = `saved-${randomBytes(3).toString('hex')}`;
const canary = 'canary-5b1e';

labSuite('saved plans on docker', ['dockerHost'], () => {
  let shop: string;
  const onDocker = (command: string, ...flags: string[]) =>
    cli([command, '-e', 'docker', ...flags], { cwd: shop });
  const plan = () => onDocker('plan', '--out', 'plan.json');
  const apply = () => cli(['deploy', '--plan', 'plan.json'], { cwd: shop });
  const docker = async (...args: string[]) =>
    (await run('docker', ['-H', lab.dockerHost!, ...args])).stdout.trim();
  const container = `${app}-docker-orders`;
  const greet = async (greeting: string) => {
    const env = { GREETING: greeting, TOKEN: { secret: 'orders/TOKEN' } };
    const settings = { target: 'docker', host: lab.dockerHost, services: { orders: { env } } };
    const file = join(shop, 'cloudnative.yaml');
    const text = await readFile(file, 'utf8');
    await writeFile(file, text.replace(/\n {2}docker:.*/, `\n  docker: ${JSON.stringify(settings)}`));
  };
  const secret = (value: string) => writeFile(join(shop, '.env'), `TOKEN=${value}\n`);

  beforeAll(async () => {
    shop = await mkdtemp(join(tmpdir(), 'cloudnative-saved-'));
    await cliOk(['init', '.', '--name', app], { cwd: shop });
    await tinyService(join(shop, 'services'), 'orders');
    const file = join(shop, 'cloudnative.yaml');
    const text = await readFile(file, 'utf8');
    if (!/\n {2}docker:/.test(text))
      await writeFile(file, text.replace('environments:\n', 'environments:\n  docker: {target: docker}\n'));
    await greet('hello');
    await secret(canary);
  });
  afterAll(async () => {
    await onDocker('destroy', '--yes');
    const images = await docker('images', '-q', '--filter', `label=cloudnative.dev/app=${app}`);
    if (images) await docker('rmi', '-f', ...new Set(images.split('\n')));
    await rm(shop, { recursive: true, force: true });
  });

  it('are not made while an image is still to be built', async () => {
    const { code, stderr } = await plan();
    expect(code).toBe(4);
    expect(stderr).toMatch(/cloudnative build orders -e docker /);
    await expect(stat(join(shop, 'plan.json'))).rejects.toThrow();
  });

  it('are carried out as they are, and without a question', async () => {
    expect((await onDocker('build')).code).toBe(0);
    expect((await plan()).code).toBe(10);
    const { code, stderr } = await apply();
    expect(stderr).toMatch(new RegExp(`${app} is live on docker: 1 service ready`));
    expect(stderr).not.toMatch(/built/);
    expect(code).toBe(0);
    await greet('welcome');
    const planned = await plan();
    expect(planned.stdout).toMatch(/! Container\/orders[\s\S]*\+ welcome/);
    expect(await readFile(join(shop, 'plan.json'), 'utf8')).not.toContain(canary);
    expect((await apply()).code).toBe(0);
    expect(await docker('inspect', '-f', '{{.Config.Env}}', container)).toContain('GREETING=welcome');
    expect((await apply()).stderr).toMatch(/plan\.json is applied already: .*\nNothing to do/);
  });

  it('are refused when a setting, a secret, a source or the container is another', async () => {
    await greet('goodbye');
    await plan();
    const saved = await readFile(join(shop, 'plan.json'));
    await greet('hello');
    expect(stale(await apply())).toMatch(
      /Container\/orders {2}its files have changed\n +env\.GREETING would become hello, not goodbye/,
    );
    await greet('goodbye');
    await secret(`${canary}-2`);
    const other = stale(await apply());
    expect(other).toMatch(/Container\/orders {2}its files have changed/);
    expect(other).not.toContain(canary);
    await secret(canary);
    await tinyService(join(shop, 'services'), 'orders', { program: 'process.exit(1);\n' });
    expect(stale(await apply())).toMatch(/why {4}what orders runs {2}its sources have changed\n {2}try/);
    await tinyService(join(shop, 'services'), 'orders');
    await docker('rm', '-f', container);
    expect(stale(await apply())).toMatch(/Container\/orders {2}removed by someone/);
    expect((await onDocker('deploy', '--yes')).code).toBe(0);
    await greet('once more');
    expect((await plan()).code).toBe(10);
    await docker('restart', container); // the same container, so what it is made from has not moved
    expect((await apply()).code).toBe(0);
    await writeFile(join(shop, 'plan.json'), saved);
    stale(await apply());
  });

  it('have nothing to do where nothing is to be done', async () => {
    expect((await plan()).code).toBe(0);
    expect((await apply()).stderr).toMatch(/Nothing to do/);
  });

  it('are refused when the image is gone, and build none', async () => {
    expect((await onDocker('destroy', '--yes')).code).toBe(0);
    expect((await plan()).code).toBe(10);
    await docker('rmi', '-f', (await images())[0]!);
    expect(stale(await apply())).toMatch(/what orders runs {2}its build is gone, and would be made anew/);
    expect(await images()).toEqual([]);
  });

  const images = async () =>
    (await docker('images', '-q', '--filter', `label=cloudnative.dev/app=${app}`))
      .split('\n')
      .filter(Boolean);
});

/** What a refusal says. */
function stale({ code, stderr }: CliResult): string {
  expect(stderr).toMatch(/\[E_STALE_PLAN\]/);
  expect(code).toBe(5);
  return stderr;
}
