import { execFileSync } from 'node:child_process';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { cliJson } from '../support/cli.ts';
import { labSuite } from '../support/lab.ts';
import { shopStory } from './shop-story.ts';

labSuite('shop on process', ['prometheus', 'promtool'], () => {
  shopStory({
    environment: 'local',
    settings: { target: 'process' },
    // The story has a home of its own; compiling Go's library and fetching all modules anew is not what it is about.
    env: { ...goCaches(), PIP_CACHE_DIR: pipCache() },
    replicas: 1,
    scrapeFlags: [],
    address: async (service, cwd) => {
      const { services } = await cliJson<{ services: { service: string; url: string }[] }>(['status'], {
        cwd,
      });
      return services.find((one) => one.service === service)!.url;
    },
    inventory: processesIn,
    shared: false,
    discovered: ['__address__'],
  });
});

/** Every process that works in the folder or was started with it in its arguments. */
async function processesIn(folder: string): Promise<string[]> {
  const found: string[] = [];
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const cwd = await readlink(`/proc/${pid}/cwd`).catch(() => '');
    const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    if (command && (cwd.startsWith(folder) || command.includes(folder)))
      found.push(`${pid} ${command.replaceAll('\0', ' ')}`);
  }
  return found.sort();
}

function goCaches(): Record<string, string> {
  const names = ['GOCACHE', 'GOMODCACHE'];
  const values = execFileSync('go', ['env', ...names], { encoding: 'utf8' })
    .trimEnd()
    .split('\n');
  return Object.fromEntries(names.map((name, index) => [name, values[index]!]));
}

function pipCache(): string {
  return execFileSync('python3', ['-m', 'pip', 'cache', 'dir'], { encoding: 'utf8' }).trimEnd();
}
