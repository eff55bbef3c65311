import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { writeObjects } from './kubernetes/objects.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const counts = [500, 1000, 2000, 5000];
const place = { name: 'bench', namespace: 'bench' };

/** Rows: objects, ms of each part that needs no network, ms an object, and that as a ratio to the smallest count. */
export async function engine() {
  const folder = mkdtempSync(join(tmpdir(), 'cloudnative-bench-'));
  try {
    const parts = await load(join(folder, 'parts.mjs'));
    for (const count of counts) writeObjects(join(folder, String(count)), count);
    await measure(parts, join(folder, '500'), 500); // so that the first is not the one that is compiled
    const rows = [];
    for (const count of counts)
      rows.push({ count, ms: await measure(parts, join(folder, String(count)), count) });
    const each = ({ count, ms }) => Object.values(ms).reduce((sum, one) => sum + one, 0) / count;
    return rows.map((row) => [
      row.count,
      ...Object.values(row.ms).map((ms) => ms.toFixed(0)),
      each(row).toFixed(3),
      (each(row) / each(rows[0])).toFixed(2),
    ]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The sources themselves, since the program has no command that does these alone. */
async function load(outfile) {
  const from = (path) => JSON.stringify(join(root, 'src', path));
  await build({
    stdin: {
      contents: `
export { readFolder } from ${from('sources/read-manifests.ts')};
export { checkManifests } from ${from('policy/check-manifests.ts')};
export { orderOf } from ${from('targets/kubernetes/plan/order.ts')};
export { applyPlan } from ${from('engine/apply-plan.ts')};`,
      resolveDir: root,
      loader: 'ts',
    },
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    logLevel: 'error',
    banner: { js: "import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);" },
  });
  return import(pathToFileURL(outfile).href);
}

async function measure({ readFolder, checkManifests, orderOf, applyPlan }, folder, count) {
  const ms = {};
  const timed = async (part, work) => {
    const started = performance.now();
    const result = await work();
    ms[part] = performance.now() - started;
    return result;
  };
  const { manifests } = await timed('read', () => readFolder(folder, place));
  if (manifests.length !== count) throw new Error(`${manifests.length} objects instead of ${count}`);
  await timed('check', () => checkManifests(manifests, {}));
  const objects = manifests.map(({ object, file, line }) => {
    const desired = { object, file, line, service: 'bench', namespaced: true, path: '', awaitsKind: false };
    return { id: `${object.kind}/${object.metadata.name}`, desired };
  });
  const order = await timed('order', () => orderOf(objects, [{ name: 'bench', calls: [] }]));
  const changes = objects.map(({ id }) => ({ id, action: 'create', fields: [], after: order.get(id) }));
  const plan = { version: 1, app: 'bench', environment: 'bench', place: 'nowhere', changes };
  let applied = 0;
  const target = {
    apply: async () => void applied++,
    verdict: async () => ({ readiness: 'ready', reason: 'ready' }),
    diagnose: async () => undefined,
  };
  const deps = { target, emit: () => undefined, signal: new AbortController().signal };
  await timed('apply', () => applyPlan(plan, { timeout: 600_000, wait: true }, deps));
  if (applied !== count) throw new Error(`${applied} objects applied instead of ${count}`);
  return ms;
}
