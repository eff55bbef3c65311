import { execFile } from 'node:child_process';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { KubernetesObject } from '../../../../src/core/kubernetes-object.ts';
import { lab } from '../../../support/lab.ts';

const run = promisify(execFile);

/** Runs the lab's kubectl against the lab, whatever the environment names. */
export async function kubectl(
  args: readonly string[],
  { env, input }: { env?: Record<string, string>; input?: string } = {},
) {
  const child = run(lab.kubectl!, ['--kubeconfig', lab.kubeconfig!, ...args], {
    env: { ...process.env, ...env },
    maxBuffer: 2 ** 26,
  });
  // It may have ended without reading.
  child.child.stdin!.on('error', () => undefined).end(input ?? '');
  return (await child).stdout;
}

/** Of the API server's version: 34 for 1.34. */
export async function serverMinor(): Promise<number> {
  return Number.parseInt(JSON.parse(await kubectl(['get', '--raw', '/version'])).minor, 10);
}

export async function objectOf(namespace: string, id: string): Promise<KubernetesObject> {
  return JSON.parse(await kubectl(['get', '-n', namespace, id, '-o', 'json', '--show-managed-fields']));
}

/** Makes an object again of what `kubectl get -o json` printed of it: the same in all but its identity. */
export async function makeAgain(printed: string): Promise<void> {
  const identity = new Set(['uid', 'resourceVersion']);
  const input = JSON.stringify(JSON.parse(printed), (key, value) => (identity.has(key) ? undefined : value));
  await kubectl(['create', '-f', '-'], { input });
}

/** `kubectl edit` with an editor that replaces one text. */
export async function edit(namespace: string, id: string, from: string, to: string): Promise<void> {
  await kubectl(['edit', '-n', namespace, id], { env: { KUBE_EDITOR: `sed -i 's/${from}/${to}/'` } });
}

/** Every object of a namespace by `resource uid`, with its resourceVersion; events, and metrics that are no objects, left out. */
export async function everything(
  namespace: string,
): Promise<Map<string, { name: string; resourceVersion: string; ending: boolean }>> {
  const names = (await kubectl(['api-resources', '--namespaced', '--verbs=list,delete', '-o', 'name']))
    .trim()
    .split('\n');
  // Kinds that other tests define come and go.
  const isOthers = (name: string) =>
    /\.(test|policy)-\w+\.example\.com$/.test(name) && !name.includes(`.${namespace}.`);
  const kinds = names.filter((name) => !/^events(\.|$)/.test(name) && !isOthers(name));
  const { items } = JSON.parse(
    (await kubectl(['get', kinds.join(','), '-n', namespace, '-o', 'json', '--ignore-not-found'])) ||
      '{"items":[]}',
  );
  return new Map(
    (items as KubernetesObject[]).map(({ kind, metadata }) => [
      String(metadata.uid),
      {
        name: `${kind}/${metadata.name}`,
        resourceVersion: String(metadata.resourceVersion),
        ending: metadata.deletionTimestamp !== undefined,
      },
    ]),
  );
}

/** As `everything`, once pods that end have ended and controllers have written what they had to. */
export async function settled(namespace: string): ReturnType<typeof everything> {
  const deadline = Date.now() + 30_000;
  for (let last = ''; ; await setTimeout(500)) {
    const now = await everything(namespace);
    const text = JSON.stringify([...now]);
    if (text === last && ![...now.values()].some(({ ending }) => ending)) return now;
    if (Date.now() > deadline) throw new Error(`namespace ${namespace} does not settle`);
    last = text;
  }
}
