// The values that a text field may have, which OpenAPI documents do not say, from the Go types that they are made from.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** `io.k8s.api.core.v1.Container.imagePullPolicy` to its values, of all fields but those of a status. */
export async function enumFields(apiFolder) {
  const fields = new Map();
  for (const group of await readdir(apiFolder, { withFileTypes: true })) {
    if (!group.isDirectory() || group.name === 'testdata') continue;
    for (const version of await readdir(join(apiFolder, group.name))) {
      const text = await readFile(join(apiFolder, group.name, version, 'types.go'), 'utf8').catch(() => '');
      for (const [field, values] of enumsOf(text))
        fields.set(`io.k8s.api.${group.name}.${version}.${field}`, values);
    }
  }
  return fields;
}

function enumsOf(text) {
  const values = new Map();
  for (const [, name] of text.matchAll(/\/\/ \+enum\n(?:\/\/[^\n]*\n)*type (\w+) string/g))
    values.set(name, []);
  for (const [, type, value] of text.matchAll(/^\s*\w+\s+(\w+)\s*=\s*"([^"]*)"/gm))
    values.get(type)?.push(value);
  const fields = [];
  for (const [, struct, body] of text.matchAll(/^type (\w+) struct \{\n([\s\S]*?)^\}/gm)) {
    if (/Status$|Condition$/.test(struct)) continue;
    for (const [, type, field] of body.matchAll(/^\s*\w+\s+[*[\]]*(\w+)\s+`json:"(\w+)[^`]*`/gm)) {
      const allowed = values.get(type);
      if (allowed?.length) fields.push([`${struct}.${field}`, [...new Set(allowed)].sort()]);
    }
  }
  return fields;
}
