import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { badManifests, problemLine } from '../core/bad-manifests.ts';
import { ExpectedError } from '../core/errors.ts';
import type { KubernetesObject } from '../core/kubernetes-object.ts';
import { readKubernetesYaml } from '../core/kubernetes-yaml.ts';
import { checkedManifests } from './checked-manifests.ts';
import { explained } from './read-manifests.ts';

/** Objects as `kubectl get -o yaml` or `-o json` prints them, lists unfolded; `-` is stdin. Throws E_FILE (4), E_MANIFEST (3). */
export async function readObjects(file: string): Promise<KubernetesObject[]> {
  const shown = file === '-' ? '(stdin)' : file;
  const read = readKubernetesYaml(await textOf(file));
  const checked = checkedManifests(
    read.documents.map(({ value, line, ...source }) => ({
      value,
      file: shown,
      line,
      source: { ...source, path: [] },
    })),
  );
  const problems = [...(await explained(read.problems, shown)), ...checked.problems];
  if (problems.length > 0) throw badManifests(problems.map(problemLine));
  // An empty list is an answer; nothing at all is what a failed command leaves.
  if (read.documents.length === 0) throw noObjects(shown);
  return checked.manifests.map(({ object }) => object);
}

function noObjects(where: string): ExpectedError {
  const hints = ['give it what kubectl get <objects> -o yaml prints'];
  return new ExpectedError({
    code: 'E_FILE',
    exit: 'notFound',
    message: 'there are no objects',
    where,
    hints,
  });
}

async function textOf(file: string): Promise<string> {
  try {
    return file === '-' ? await text(process.stdin) : await readFile(file, 'utf8');
  } catch (cause) {
    throw new ExpectedError({
      code: 'E_FILE',
      exit: 'notFound',
      message: `${file} cannot be read`,
      why: (cause as NodeJS.ErrnoException).code,
      cause,
    });
  }
}
