import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { KubernetesObject } from '../../../src/core/kubernetes-object.ts';
import { readKubernetesYaml } from '../../../src/core/kubernetes-yaml.ts';
import { readiness } from '../../../src/status/readiness.ts';

const folder = join(import.meta.dirname, '../../fixtures/kubernetes/status');

describe.each(readdirSync(folder))('%s', (file) => {
  const { documents, problems } = readKubernetesYaml(readFileSync(join(folder, file), 'utf8'));
  if (problems.length > 0) throw new Error(JSON.stringify(problems));
  const objects = documents.map(({ value }) => value as KubernetesObject);

  test.each(objects.map((object) => [object.kind, object.metadata.name, object] as const))(
    '%s %s',
    (_kind, _name, object) => {
      const verdict = readiness(object);
      expect(`${verdict.readiness}: ${verdict.reason}`).toBe(object.metadata.annotations!.expected);
    },
  );
});
