import { appendFile, mkdtemp, readFile, realpath, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CliResult, cli, cliOk } from '../support/cli.ts';
import { tinyService } from '../support/tiny-service.ts';

const canary = 'canary-7f3a';

describe('a saved plan for processes', () => {
  let shop: string;
  const cloudnative = (...args: string[]) => cli(args, { cwd: shop });
  const settings = async (greeting: string) => {
    const file = join(shop, 'cloudnative.yaml');
    const env = { GREETING: greeting, TOKEN: { secret: 'orders/TOKEN' } };
    const local = { target: 'process', services: { orders: { env } } };
    const text = await readFile(file, 'utf8');
    await writeFile(file, text.replace(/\n {2}local:.*/, `\n  local: ${JSON.stringify(local)}`));
  };
  beforeAll(async () => {
    shop = await realpath(await mkdtemp(join(tmpdir(), 'cloudnative-saved-plan-')));
    await cliOk(['init', '.', '--name', 'shop'], { cwd: shop });
    await tinyService(join(shop, 'services'), 'orders', { build: [['node', '--version']] });
    await settings('hello');
    await secret(canary);
  });
  afterAll(async () => {
    await cli(['destroy', '--yes'], { cwd: shop });
    await rm(shop, { recursive: true, force: true });
  });
  const secret = (value: string) => writeFile(join(shop, '.env'), `TOKEN=${value}\n`);

  it('is not made while something is to be built', async () => {
    const result = await cloudnative('plan', '--out', 'plan.json');
    expect(result).toMatchObject({ code: 4, stdout: '' });
    expect(result.stderr).toMatch(/orders is still to be built.*\[E_PENDING\]/);
    expect(result.stderr).toMatch(/try {4}cloudnative deploy orders -e local /);
    await expect(stat(join(shop, 'plan.json'))).rejects.toThrow();
  });

  it('is carried out as it is, without values of secrets in it', async () => {
    await cliOk(['deploy'], { cwd: shop });
    await settings('welcome');
    const planned = await cloudnative('plan', '--out', 'plan.json');
    expect(planned.code).toBe(10);
    expect(planned.stdout).toMatch(/env\.GREETING\n +- hello\n +\+ welcome/);
    expect(planned.stderr).toBe(
      'Saved in plan.json. To apply exactly this:\n  cloudnative deploy --plan plan.json\n',
    );
    const file = join(shop, 'plan.json');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await readFile(file, 'utf8')).not.toContain(canary);
    const { stderr } = await cliOk(['deploy', '--plan', 'plan.json'], { cwd: shop });
    expect(stderr).toMatch(/shop is live on local: 1 service ready/);
    expect(stderr).not.toMatch(/built/);
    const again = await cliOk(['deploy', '--plan', 'plan.json'], { cwd: shop });
    expect(again.stderr).toMatch(/plan\.json is applied already: .*\nNothing to do/);
    await settings('others');
    await cliOk(['deploy'], { cwd: shop });
    const other = stale(await cloudnative('deploy', '--plan', 'plan.json'));
    expect(other).toMatch(/Process\/orders {2}made anew by someone/);
    expect(other).toMatch(/\n +cloudnative plan -e local --out plan.json\n/);
  });

  it('has nothing to do where nothing is to be done', async () => {
    const planned = await cloudnative('plan', '--out', 'plan.json', '-o', 'json');
    expect(planned.code).toBe(0);
    expect(JSON.parse(planned.stdout)).toMatchObject({ command: 'plan', data: { saved: 'plan.json' } });
    const { stderr } = await cliOk(['deploy', '--plan', 'plan.json'], { cwd: shop });
    expect(stderr).toMatch(/Nothing to do/);
  });

  it('is refused when a setting, a secret or a source is another', async () => {
    await settings('goodbye');
    await cloudnative('plan', '--out', 'plan.json');
    await settings('hello');
    expect(stale(await cloudnative('deploy', '--plan', 'plan.json'))).toMatch(
      /Process\/orders {2}its files have changed\n +env\.GREETING would become hello, not goodbye/,
    );
    await settings('goodbye');
    await secret(`${canary}-2`);
    const other = stale(await cloudnative('deploy', '--plan', 'plan.json'));
    expect(other).toMatch(/Process\/orders {2}its files have changed/);
    expect(other).not.toContain(canary);
    await secret(canary);
    await appendFile(join(shop, 'services/orders/server.js'), '// another\n');
    const unbuilt = stale(await cloudnative('deploy', '--plan', 'plan.json'));
    expect(unbuilt).toMatch(/what orders runs {2}its sources have changed\n/);
    expect(unbuilt).not.toMatch(/Process\/orders/);
    const document = JSON.parse((await cloudnative('deploy', '--plan', 'plan.json', '-o', 'json')).stdout);
    expect(document).toMatchObject({
      ok: false,
      error: { code: 'E_STALE_PLAN' },
      data: { moved: [{ what: 'what orders runs', how: 'its sources have changed' }] },
    });
  });

  it('is not saved among what a service is built from', async () => {
    await cliOk(['deploy'], { cwd: shop });
    const result = await cloudnative('plan', '--out', 'services/orders/plan.json');
    expect(result.code).toBe(2);
    expect(result.stderr).toMatch(/one of the files that orders would be built from/);
    await expect(stat(join(shop, 'services/orders/plan.json'))).rejects.toThrow();
  });

  it('brings its own flags, and is for its own workspace', async () => {
    await cloudnative('plan', 'orders', '--out', 'plan.json');
    for (const more of [
      ['orders'],
      ['-e', 'local'],
      ['--replace', 'Job/a'],
      ['--manifests', 'k8s'],
      ['-R'],
    ]) {
      const { code, stderr } = await cloudnative('deploy', '--plan', 'plan.json', ...more);
      expect(code).toBe(2);
      expect(stderr).toContain(more[0] === 'orders' ? 'the name of a service (orders)' : more[0]);
    }
    expect((await cloudnative('deploy', '--plan', 'plan.json', '--timeout', '20s', '--no-wait')).code).toBe(
      0,
    );
    const other = join(shop, 'other');
    await cliOk(['init', 'other', '--name', 'billing'], { cwd: shop });
    const elsewhere = await cli(['deploy', '--plan', join(shop, 'plan.json')], { cwd: other });
    expect(elsewhere.code).toBe(4);
    expect(elsewhere.stderr).toMatch(/is a plan for shop, and this is billing/);
    expect((await cloudnative('deploy', '--plan', 'nowhere.json')).code).toBe(4);
    await writeFile(join(shop, 'broken.json'), '{"format": "cloudnative-plan", "vers');
    expect((await cloudnative('deploy', '--plan', 'broken.json')).code).toBe(3);
    expect((await cloudnative('plan', '--out', 'broken.json')).code).toBe(5);
  });
});

/** What a refusal says. */
function stale({ code, stderr }: CliResult): string {
  expect(stderr).toMatch(/\[E_STALE_PLAN\]/);
  expect(code).toBe(5);
  return stderr;
}
