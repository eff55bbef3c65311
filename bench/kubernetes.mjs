import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadAll } from 'js-yaml';
import { parse, stringify } from 'yaml';
import { farAway } from './kubernetes/far.mjs';
import { createHelm } from './kubernetes/helm.mjs';
import { writeObjects } from './kubernetes/objects.mjs';
import { rawApply } from './kubernetes/raw.mjs';

const rounds = Number(process.env.BENCH_ROUNDS ?? 5);
const farRounds = Math.ceil(rounds / 2);
const wayMs = 20;

/** Tables of times and ratios against the lab's API server, each as soon as it is known: `{title, heading, rows}`. */
export async function* kubernetes(bin) {
  const settings = labSettings();
  if (!settings) throw new Error('there is no lab; start it with: npm run lab -- up');
  const folder = mkdtempSync(join(tmpdir(), 'cloudnative-bench-'));
  const lab = openLab(bin, settings, folder);
  try {
    yield table('500 objects, server near', await times(lab, lab.kubeconfig, rounds), goals.near);
    yield await large(lab);
    const proxy = await farAway(new URL(lab.access.server), wayMs);
    const far = await times(lab, lab.kubeconfigAt(proxy.port), farRounds, proxy.port).finally(() =>
      proxy.close(),
    );
    yield table(`500 objects, ${wayMs} ms away`, far, goals.far);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const goals = {
  near: [
    ['first deploy', 'deploy', 'kubectl apply', '>= 1'],
    ['first deploy, no preflight', 'deploy --no-preflight', 'kubectl apply', '>= 1.3'],
    ['the same requests raw, with dry runs', 'deploy', 'raw, with dry runs', '>= 0.8'],
    ['the same requests raw', 'deploy --no-preflight', 'raw', '>= 0.8'],
    ['unchanged', 'deploy again', 'kubectl apply again', '>= 6'],
    ['unchanged', 'deploy again', 'helm upgrade', '>= 20'],
    ['plan, unchanged', 'plan', 'kubectl diff', '>= 8'],
  ],
  far: [
    ['first deploy', 'deploy', 'kubectl apply', '>= 5'],
    ['first deploy, no preflight', 'deploy --no-preflight', 'kubectl apply', '>= 8'],
    ['its writes alone, raw, 16 in flight', 'raw', 'kubectl apply', 'the most there is'],
    ['unchanged', 'deploy again', 'kubectl apply again', '>= 6'],
    ['unchanged', 'deploy again', 'helm upgrade', '>= 20'],
    ['plan, unchanged', 'plan', 'kubectl diff', '>= 8'],
  ],
};

/** Seconds of each way to apply 500 objects, in namespaces of their own; each round runs all of them once, so that drift hits all alike. */
async function times(lab, kubeconfig, count, farPort) {
  const seconds = {};
  const note = (what, value) => {
    seconds[what] = [...(seconds[what] ?? []), value];
  };
  const isNear = kubeconfig === lab.kubeconfig;
  for (let round = 0; round < count; round++) {
    const space = Object.fromEntries(
      ['raw', 'kubectl', 'ours', 'bold', 'helm'].map((name) => [name, lab.namespace()]),
    );
    const first = [
      [
        'kubectl apply',
        () => lab.kubectl(kubeconfig, ['apply', '--server-side', '-n', space.kubectl, '-f', lab.folder]),
      ],
      ['deploy', () => lab.run(kubeconfig, ['deploy', '--yes', '--no-wait'], space.ours)],
      [
        'deploy --no-preflight',
        () => lab.run(kubeconfig, ['deploy', '--yes', '--no-wait', '--no-preflight'], space.bold),
      ],
    ];
    if (isNear) {
      first.push(['raw', () => rawApply(lab.objects, space.raw, lab.access)]);
      first.push(['dry', () => rawApply(lab.objects, space.kubectl, lab.access, { dryRun: true })]);
    } else {
      const access = { ...lab.access, server: `https://127.0.0.1:${farPort}` };
      first.push(['raw', () => rawApply(lab.objects, space.raw, access, { inFlight: 16 })]);
    }
    for (let index = 0; index < first.length; index++) {
      const [what, measure] = first[(index + round) % first.length];
      note(what, await measure());
      await settle();
    }
    if (isNear) note('raw, with dry runs', seconds.raw.at(-1) + seconds.dry.at(-1));
    if (lab.helm) await lab.helm.upgrade(kubeconfig, space.helm);
    for (let again = 0; again < 3; again++) {
      note('deploy again', await lab.run(kubeconfig, ['deploy', '--yes', '--no-wait'], space.ours));
      note('kubectl apply again', await first[0][1]());
      if (lab.helm && again === 0) note('helm upgrade', await lab.helm.upgrade(kubeconfig, space.helm));
      note('plan', await lab.run(kubeconfig, ['plan'], space.ours));
      note(
        'kubectl diff',
        await lab.kubectl(kubeconfig, ['diff', '--server-side', '-n', space.kubectl, '-f', lab.folder]),
      );
    }
    for (const name of Object.values(space)) await lab.kubectl(lab.kubeconfig, ['delete', 'namespace', name]);
    await settle();
  }
  return seconds;
}

function table(title, seconds, wanted) {
  const rows = wanted.map(([what, ours, theirs, goal]) => {
    if (!seconds[theirs]) return [what, ours, `${theirs}: not on the PATH`, '', goal];
    const [a, b] = [median(seconds[ours]), median(seconds[theirs])];
    return [what, `${ours} ${a.toFixed(2)} s`, `${theirs} ${b.toFixed(2)} s`, (b / a).toFixed(2), goal];
  });
  return { title, heading: ['', 'ours', 'other', 'ratio', 'goal'], rows };
}

async function large(lab) {
  const folder = join(lab.folder, '..', 'large');
  writeObjects(folder, 2000);
  const space = lab.namespace();
  const rows = [];
  for (const args of [['deploy', '--yes', '--no-wait'], ['deploy', '--yes', '--no-wait'], ['plan']]) {
    const took = await lab.run(lab.kubeconfig, args, space, folder);
    const what = rows.length === 0 ? 'first deploy' : `${args[0]}, unchanged`;
    rows.push([what, `${took.toFixed(1)} s`, `${lab.peak()} MB`, '<= 300 MB']);
  }
  await lab.kubectl(lab.kubeconfig, ['delete', 'namespace', space]);
  return { title: '2,000 objects, most memory', heading: ['', 'time', 'memory', 'goal'], rows };
}

/** Controllers of the cluster work on what has just been made. */
const settle = () => new Promise((resolve) => setTimeout(resolve, 3000));

function openLab(bin, { kubeconfig, kubectl }, folder) {
  const config = parse(readFileSync(kubeconfig, 'utf8'));
  const bytes = (text) => Buffer.from(text, 'base64');
  const { cluster } = config.clusters[0];
  const { user } = config.users[0];
  const manifests = join(folder, 'objects');
  writeObjects(manifests, 500);
  const memory = join(folder, 'memory');
  const watch = join(folder, 'watch.mjs');
  writeFileSync(
    watch,
    `import { writeFileSync } from 'node:fs';
process.on('exit', () => writeFileSync(${JSON.stringify(memory)}, String(process.resourceUsage().maxRSS)));`,
  );
  // Never by spawnSync: the way that takes longer is in this process.
  const time = async (command, args, allowed, env = process.env) => {
    const started = performance.now();
    const child = spawn(command, args, { env, stdio: ['ignore', 'ignore', 'pipe'] });
    let told = '';
    child.stderr.on('data', (text) => {
      told += text;
    });
    const [status] = await once(child, 'close');
    if (!allowed.includes(status)) throw new Error(`${command} ${args.join(' ')}: ${told.slice(0, 1000)}`);
    return (performance.now() - started) / 1000;
  };
  let number = 0;
  return {
    kubeconfig,
    folder: manifests,
    helm: createHelm(manifests, folder, time),
    access: {
      server: cluster.server,
      ca: bytes(cluster['certificate-authority-data']),
      cert: bytes(user['client-certificate-data']),
      key: bytes(user['client-key-data']),
    },
    objects: readdirSync(manifests).flatMap((file) => loadAll(readFileSync(join(manifests, file), 'utf8'))),
    kubeconfigAt(port) {
      const moved = structuredClone(config);
      moved.clusters[0].cluster.server = `https://127.0.0.1:${port}`;
      const file = join(folder, 'far.kubeconfig');
      writeFileSync(file, stringify(moved), { mode: 0o600 });
      return file;
    },
    namespace() {
      const name = `bench-${process.pid}-${number++}`;
      execFileSync(kubectl, ['--kubeconfig', kubeconfig, 'create', 'namespace', name]);
      return name;
    },
    kubectl: (file, args) =>
      time(kubectl, ['--kubeconfig', file, ...args], args[0] === 'diff' ? [0, 1] : [0]),
    run(file, args, namespace, from = manifests) {
      const place = [
        '--manifests',
        from,
        '--app',
        'bench',
        '-n',
        namespace,
        '--context',
        config['current-context'],
      ];
      const env = from === manifests ? process.env : { ...process.env, NODE_OPTIONS: `--import ${watch}` };
      return time(process.execPath, [bin, ...args, ...place, '--kubeconfig', file], [0], env);
    },
    peak: () => Math.round(Number(readFileSync(memory, 'utf8')) / 1024),
  };
}

function labSettings() {
  const file = join(process.env.CLOUDNATIVE_LAB_DIR ?? join(homedir(), '.cache/cloudnative-lab'), 'env');
  if (!existsSync(file)) return undefined;
  const lines = readFileSync(file, 'utf8').trim().split('\n');
  const value = (name) => lines.find((line) => line.startsWith(`${name}=`))?.slice(name.length + 1);
  return { kubeconfig: value('KUBECONFIG'), kubectl: value('CLOUDNATIVE_LAB_KUBECTL') };
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)];
}
