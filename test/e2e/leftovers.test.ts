import { spawn } from 'node:child_process';
import { openSync } from 'node:fs';
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bin, cli, cliJson, cliOk } from '../support/cli.ts';
import { tinyService } from '../support/tiny-service.ts';

let shop: string;
beforeEach(async () => {
  shop = await mkdtemp(join(tmpdir(), 'cloudnative-leftovers-'));
  await cliOk(['init', '.', '--name', 'shop'], { cwd: shop });
});
afterEach(async () => {
  await cli(['destroy'], { cwd: shop });
  await rm(shop, { recursive: true, force: true });
});
const inShop = () => ({ cwd: shop });

describe('a service that has left the workspace', () => {
  beforeEach(async () => {
    await tinyService(join(shop, 'services'), 'orders');
    await tinyService(join(shop, 'services'), 'catalog');
    await cliOk(['deploy'], inShop());
    await rm(join(shop, 'services/orders'), { recursive: true });
  });

  it.each(['plan', 'deploy', 'status'])(
    'is told of by %s, with the command that removes it',
    async (command) => {
      const { stderr } = await cliOk([command], inShop());
      expect(stderr).toMatch(
        /orders runs, and is no service of shop; to remove it: cloudnative destroy orders -e local/,
      );
      expect(stderr).not.toMatch(/catalog runs, and/);
    },
  );

  it('still shows its logs, and goes when it is told to', async () => {
    expect((await cliOk(['logs', 'orders'], inShop())).stdout).toMatch(/^orders .*readyz/m);
    expect((await cliOk(['destroy', 'orders'], inShop())).stderr).toMatch(/orders is gone/);
    const { services } = await cliJson<{ services: { service: string }[] }>(['status'], inShop());
    expect(services.map(({ service }) => service)).toEqual(['catalog']);
  });
});

describe('a service whose file is broken', () => {
  beforeEach(async () => {
    await tinyService(join(shop, 'services'), 'orders');
    await tinyService(join(shop, 'services'), 'catalog');
    await cliOk(['deploy'], inShop());
    await writeFile(join(shop, 'services/orders/service.yaml'), 'name: orders\nlanguage: [');
  });

  it('is told of, shown and removed like the others', async () => {
    const told = /services\/orders\/service\.yaml has a problem: cloudnative plan tells more/;
    const status = await cliOk(['status'], inShop());
    expect(status.stdout).toMatch(/orders +1\/1 /);
    expect(status.stderr).toMatch(told);
    expect(status.stderr).not.toMatch(/is no service of/);
    expect((await cliOk(['logs'], inShop())).stdout).toMatch(/^orders .*readyz/m);
    const { stderr } = await cliOk(['destroy'], inShop());
    expect(stderr).toMatch(told);
    expect(stderr).toMatch(/shop is gone/);
  });

  it('holds back what needs its file', async () => {
    for (const command of ['plan', 'deploy', 'scrape-config']) {
      const { code, stderr } = await cli([command], inShop());
      expect(stderr).toMatch(/services\/orders\/service\.yaml:2:12/);
      expect(code).toBe(3);
    }
  });
});

it('is not destroyed by a name that nothing has', async () => {
  await tinyService(join(shop, 'services'), 'orders');
  const { code, stderr } = await cli(['destroy', 'order'], inShop());
  expect(stderr).toMatch(/no service "order"[\s\S]*"orders"/);
  expect(code).toBe(4);
});

it('is not called ready when nobody waited', async () => {
  await tinyService(join(shop, 'services'), 'orders', { program: 'process.exit(3)' });
  const { stderr } = await cliOk(['deploy', '--no-wait'], inShop());
  expect(stderr).toMatch(/not waited for/);
  expect(stderr).not.toMatch(/ready/);
});

it.each(['deploy', 'plan', 'logs', 'scrape-config'])(
  '%s says that an empty workspace is empty',
  async (command) => {
    const { code, stderr } = await cli([command], inShop());
    expect(stderr).toMatch(/shop has no services yet[\s\S]*cloudnative new/);
    expect(code).toBe(4);
  },
);

it('explains an output that cannot be written in one line', async () => {
  const { stderr } = await cliFull(['--help']);
  expect(stderr).toMatch(/^error: the output cannot be written/);
  expect(stderr).not.toMatch(/at /);
});

it('keeps the state of another folder apart', async () => {
  await tinyService(join(shop, 'services'), 'orders');
  await cliOk(['deploy'], inShop());
  const moved = `${shop}-moved`;
  await rename(shop, moved);
  try {
    await writeFile(join(moved, 'note'), '');
    const { stderr } = await cliOk(['deploy'], { cwd: moved });
    expect(stderr).toMatch(/is live on local/);
  } finally {
    await cli(['destroy'], { cwd: moved });
    await rename(moved, shop);
  }
});

/** Runs the CLI with its results going to a full disk. */
async function cliFull(args: string[]): Promise<{ stderr: string }> {
  const child = spawn(process.execPath, [bin, 'deploy', ...args], {
    stdio: ['ignore', openSync('/dev/full', 'w'), 'pipe'],
  });
  let stderr = '';
  child.stderr!.on('data', (chunk) => {
    stderr += chunk;
  });
  await new Promise((resolve) => child.on('close', resolve));
  return { stderr };
}
