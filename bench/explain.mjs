import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const counts = [1000, 10_000];
const rounds = 5;
const scope = { app: 'shop', environment: 'bench', services: ['catalog', 'orders'] };

/** Rows: pods, targets that they might be, median ms of discovery and relabelling without any network, goal. */
export async function explainPods() {
  const folder = mkdtempSync(join(tmpdir(), 'cloudnative-bench-'));
  try {
    const { explain } = await load(join(folder, 'explain.mjs'));
    return counts.map((count) => {
      const pods = Array.from({ length: count }, (_, index) => pod(index));
      const times = Array.from({ length: rounds }, () => {
        const started = performance.now();
        const [{ groups }] = explain(scope, { kind: 'kubernetes', namespace: 'shop' }, { pods });
        if (groups.length !== count) throw new Error(`${groups.length} pods instead of ${count}`);
        return performance.now() - started;
      });
      const median = times.sort((a, b) => a - b)[Math.floor(rounds / 2)];
      return [count, count * 4, median.toFixed(0), count === 10_000 ? '1000' : ''];
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function load(outfile) {
  const entryPoints = [join(root, 'src/observability/discover.ts')];
  await build({ entryPoints, outfile, bundle: true, format: 'esm', platform: 'node', logLevel: 'error' });
  return import(pathToFileURL(outfile).href);
}

/** Of a service with three ports and an init container; every fifth is not to be scraped, every seventh has ended. */
function pod(index) {
  const name = `orders-${index}`;
  const annotations = {
    'prometheus.io/scrape': String(index % 5 !== 0),
    'prometheus.io/port': '9100',
    'prometheus.io/path': '/metrics',
  };
  const labels = {
    'app.kubernetes.io/name': 'orders',
    'app.kubernetes.io/part-of': 'shop',
    'app.kubernetes.io/version': '1.0.0',
    'pod-template-hash': '7c9f8d6b5',
  };
  const ports = [8080, 50051, 9100].map((containerPort) => ({
    name: `p${containerPort}`,
    containerPort,
    protocol: 'TCP',
  }));
  return {
    metadata: { name, namespace: 'shop', uid: `uid-${index}`, labels, annotations },
    spec: {
      nodeName: 'n1',
      containers: [{ name: 'orders', image: 'orders:1', ports }],
      initContainers: [{ name: 'init' }],
    },
    status: {
      phase: index % 7 === 0 ? 'Succeeded' : 'Running',
      podIP: `10.${index >> 16}.${(index >> 8) & 255}.${index & 255}`,
      hostIP: '10.0.0.1',
      conditions: [{ type: 'Ready', status: 'True' }],
      containerStatuses: [{ name: 'orders', containerID: `containerd://${index}` }],
    },
  };
}
