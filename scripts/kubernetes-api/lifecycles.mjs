// When an API version is deprecated and removed, and what takes its place, as the Go types say.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** `extensions/v1beta1 Ingress` to `{deprecated?, removed?, use?}`, in minor versions of Kubernetes. */
export async function apiLifecycles(apiFolder) {
  const lifecycles = new Map();
  for (const group of await readdir(apiFolder, { withFileTypes: true })) {
    if (!group.isDirectory() || group.name === 'testdata') continue;
    for (const version of await readdir(join(apiFolder, group.name))) {
      const folder = join(apiFolder, group.name, version);
      const text = await readFile(join(folder, 'zz_generated.prerelease-lifecycle.go'), 'utf8').catch(
        () => '',
      );
      const register = await readFile(join(folder, 'register.go'), 'utf8').catch(() => '');
      const name = /GroupName = "([^"]*)"/.exec(register)?.[1];
      for (const [kind, lifecycle] of lifecyclesOf(text)) {
        lifecycles.set(`${name ? `${name}/` : ''}${version} ${kind}`, lifecycle);
      }
    }
  }
  return lifecycles;
}

function lifecyclesOf(text) {
  const found = new Map();
  const functions = text.matchAll(
    /func \(in \*(\w+)\) APILifecycle(Deprecated|Removed|Replacement)\(\)[^{]*\{\n\treturn ([^\n]*)\n/g,
  );
  for (const [, kind, what, value] of functions) {
    if (kind.endsWith('List')) continue;
    const entry = found.get(kind) ?? {};
    if (what === 'Replacement') {
      const [, group, version, other] = /Group: "([^"]*)", Version: "([^"]*)", Kind: "([^"]*)"/.exec(value);
      entry.use = `${group ? `${group}/` : ''}${version} ${other}`;
    } else entry[what.toLowerCase()] = Number(value.split(', ')[1]);
    found.set(kind, entry);
  }
  return found;
}
