// Writes src/policy/schema/kubernetes-api.json, the facts that `check` judges built-in kinds by, from what Kubernetes publishes
// as Go modules. Run by hand when a new minor version is out (needs Go); the result is committed. See docs/decisions.md.
import { execFileSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { enumFields } from './kubernetes-api/enums.mjs';
import { apiLifecycles } from './kubernetes-api/lifecycles.mjs';
import { retiredVersions } from './kubernetes-api/retired.mjs';
import { encodeTypes } from './kubernetes-api/types.mjs';

const versions = ['1.30.14', '1.31.14', '1.32.13', '1.33.13', '1.34.4', '1.35.4', '1.36.3', '1.37.1'];
const minors = versions.map((version) => Number(version.split('.')[1]));
const apiVersion = 'v0.37.1';

const swaggers = [];
for (const version of versions) {
  const folder = moduleFolder('k8s.io/kubernetes', `v${version}`);
  swaggers.push(JSON.parse(await readFile(join(folder, 'api/openapi-spec/swagger.json'), 'utf8')));
}
const apiFolder = moduleFolder('k8s.io/api', apiVersion);
const served = servedKinds(swaggers);
const { types, nameOf } = encodeTypes(swaggers, {
  roots: [...served.values()].map(({ definition }) => definition),
  enums: await enumFields(apiFolder),
});
const document = {
  from: minors[0],
  to: minors.at(-1),
  kinds: kindTable(served, nameOf),
  retired: retiredVersions(served, await apiLifecycles(apiFolder), minors.at(-1)),
  types,
};
const file = join(dirname(dirname(fileURLToPath(import.meta.url))), 'src/policy/schema/kubernetes-api.json');
await writeFile(file, `${JSON.stringify(document, null, 1)}\n`);
console.error(`${file}: ${served.size} kinds, ${Object.keys(types).length} types`);

function moduleFolder(module, version) {
  const text = execFileSync('go', ['mod', 'download', '-json', `${module}@${version}`], {
    cwd: '/',
    encoding: 'utf8',
  });
  return JSON.parse(text).Dir;
}

/** What can be applied: kinds with a path of their own that takes a POST. By `group/version kind`. */
function servedKinds(documents) {
  const kinds = new Map();
  for (const [index, { paths, definitions }] of documents.entries()) {
    const definitionOf = new Map();
    for (const [name, type] of Object.entries(definitions)) {
      for (const one of type['x-kubernetes-group-version-kind'] ?? []) definitionOf.set(kindKey(one), name);
    }
    for (const [path, { post }] of Object.entries(paths)) {
      const kind = post?.['x-kubernetes-group-version-kind'];
      if (post?.['x-kubernetes-action'] !== 'post' || !kind || path.includes('{name}')) continue;
      const known = kinds.get(kindKey(kind));
      const scope = { namespaced: path.includes('/namespaces/{namespace}/') || known?.namespaced === true };
      const seen = { since: known?.since ?? minors[index], until: minors[index] };
      kinds.set(kindKey(kind), { ...kind, ...scope, ...seen, definition: definitionOf.get(kindKey(kind)) });
    }
  }
  return kinds;
}

function kindKey({ group, version, kind }) {
  return `${group ? `${group}/` : ''}${version} ${kind}`;
}

/** By API version and kind: its type, `cluster` where it is in no namespace, and since which version it is served if not in the first. */
function kindTable(kinds, typeName) {
  const table = {};
  for (const [key, { kind, definition, namespaced, since }] of [...kinds].sort(([a], [b]) =>
    a < b ? -1 : 1,
  )) {
    const entry = { type: typeName(definition) };
    if (!namespaced) entry.cluster = true;
    if (since > minors[0]) entry.since = since;
    const version = key.split(' ')[0];
    table[version] ??= {};
    table[version][kind] = entry;
  }
  return table;
}
