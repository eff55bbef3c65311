import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { KubernetesObject } from '../../../src/core/kubernetes-object.ts';
import { readKubernetesYaml } from '../../../src/core/kubernetes-yaml.ts';
import { brokenManifests } from '../../support/broken-manifests.ts';
import { labSuite } from '../../support/lab.ts';
import { kubectl } from '../kubernetes/support/kubectl.ts';
import { compare } from './compare.ts';
import { mutantsOf } from './mutations.ts';
import { openServerJudge, type ServerJudge } from './server-judge.ts';

const corpus = new URL('../../fixtures/kubernetes/valid/', import.meta.url).pathname;
const sample = 800;

labSuite('policy agreement', ['kubeconfig', 'kubectl'], () => {
  let judge: ServerJudge;
  let texts: string[];
  beforeAll(async () => {
    judge = await openServerJudge();
    const names = await readdir(corpus);
    const read = await Promise.all(names.map((name) => readFile(join(corpus, name), 'utf8')));
    // Objects that name their namespace are in ours, and cluster-wide ones are no other run's.
    const documents = read.flatMap((text) =>
      text
        .replaceAll(/namespace: corpus\b/g, `namespace: ${judge.namespace}`)
        .replaceAll(/\bcorpus([-.:])/g, `${judge.namespace}$1`)
        .split(/^---$/m),
    );
    texts = documents.filter((text) => objectsOf(text).every(judge.serves));
    const newer = documents.flatMap(objectsOf).filter((object) => !judge.serves(object));
    if (newer.length > 0) console.error(`not served here: ${newer.map(({ kind }) => kind).join(', ')}`);
  });
  afterAll(() => judge.close());
  const objects = () => texts.flatMap(objectsOf);

  test('objects of many kinds that the server accepts have no errors', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'cloudnative-corpus-'));
    await Promise.all(texts.map((text, index) => writeFile(join(folder, `${index}.yaml`), text)));
    const apply = ['apply', '-n', judge.namespace, '--server-side', '--dry-run=server', '--validate=strict'];
    const said = await kubectl([...apply, '-f', folder]).finally(() => rm(folder, { recursive: true }));
    const all = objects();
    expect(said.trim().split('\n')).toHaveLength(all.length);
    expect(all.length).toBeGreaterThan(60);
    expect(new Set(all.map(({ kind }) => kind)).size).toBeGreaterThanOrEqual(45);
    const { falseAlarms, missed } = await compare(
      all.map((object) => ({ object, change: '' })),
      judge,
    );
    expect({ falseAlarms, missed }).toEqual({ falseAlarms: [], missed: [] });
  });

  test('what check refuses, the server refuses too', async () => {
    const broken = brokenManifests.filter(({ serverTakes }) => !serverTakes);
    const mutants = broken.map(({ text, mistake }) => ({
      object: readKubernetesYaml(text).documents[0]!.value as KubernetesObject,
      change: mistake,
    }));
    const { falseAlarms, missed, both } = await compare(mutants, judge);
    expect({ falseAlarms, missed, both }).toEqual({ falseAlarms: [], missed: [], both: broken.length });
  });

  test('one change to a sound object raises no false alarm', async () => {
    const seed = randomBytes(4).readInt32LE();
    const all = objects().flatMap(mutantsOf);
    const chosen = fc.sample(fc.constantFrom(...all), { seed, numRuns: sample });
    const { falseAlarms, missed, both, neither } = await compare(chosen, judge);
    const counts = `${both} refused by both, ${neither} accepted by both, ${missed.length} refused by the server alone`;
    console.error(`policy agreement: ${sample} of ${all.length} changed objects, ${counts}, seed ${seed}`);
    expect(falseAlarms, `seed ${seed}`).toEqual([]);
    expect(both / (both + missed.length), `seed ${seed}\n${missed.join('\n')}`).toBeGreaterThan(0.7);
  });
});

function objectsOf(text: string): KubernetesObject[] {
  return readKubernetesYaml(text).documents.map(({ value }) => value as KubernetesObject);
}
