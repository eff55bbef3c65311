import { expect, test } from 'vitest';
import { fieldRules, neededFields } from '../../../src/policy/rules/field-rules.ts';
import { typeRules } from '../../../src/policy/rules/type-rules.ts';
import { loadApiSchema } from '../../../src/policy/schema/api-schema.ts';
import { unenforced } from '../../../src/policy/schema/required-fields.ts';

// A new version of the facts may name a type otherwise: a rule that is about none any more would be silent.
test('every rule is about a type and a field that there are', async () => {
  const schema = await loadApiSchema();
  const missing: string[] = [];
  const need = (type: string, field: string) => {
    if (!schema.fields(type).has(field)) missing.push(`${type}.${field}`);
  };
  for (const type of typeRules.keys()) expect(() => schema.fields(type), type).not.toThrow();
  for (const [type, rules] of Object.entries(fieldRules))
    for (const field of Object.keys(rules)) need(type, field);
  for (const [type, fields] of Object.entries(neededFields)) for (const field of fields) need(type, field);
  for (const path of unenforced) {
    const dot = path.lastIndexOf('.');
    need(path.slice(0, dot), path.slice(dot + 1));
  }
  expect(missing).toEqual([]);
});
