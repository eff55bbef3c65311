import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join, relative } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ExpectedError } from '../../../src/core/errors.ts';
import { readManifests } from '../../../src/sources/read-manifests.ts';

const release = { name: 'orders', namespace: 'shop' };
const configMap = (name: string) => `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\n`;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cloudnative-manifests-'));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

const write = (name: string, text: string) => writeFile(join(folder, name), text);
const at = (name: string) => relative(process.cwd(), join(folder, name));
const read = () => readManifests(folder, release);
const failure = async () => {
  const error = await read().catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ExpectedError);
  return (error as ExpectedError).explanation;
};
const brief = async () =>
  (await read()).map(({ object, file, line }) => [object.kind, object.metadata.name, file, line]);

describe('a folder of plain files', () => {
  test('is read in the order of file names, each object with its file and line', async () => {
    await write('b.yaml', `# two of them\n${configMap('one')}---\n${configMap('two')}`);
    await write('a.yml', configMap('zero'));
    await write(
      'c.json',
      '{\n\t"apiVersion": "v1",\n\t"kind": "Secret",\n\t"metadata": {"name": "three"}\n}\n',
    );
    await write('notes.txt', 'kind: nothing');
    await write('.hidden.yaml', 'kind: nothing');
    await mkdir(join(folder, 'overlays'));
    expect(await brief()).toEqual([
      ['ConfigMap', 'zero', at('a.yml'), 1],
      ['ConfigMap', 'one', at('b.yaml'), 2],
      ['ConfigMap', 'two', at('b.yaml'), 6],
      ['Secret', 'three', at('c.json'), 1],
    ]);
  });

  test('is read with its subfolders only when asked, as kubectl does', async () => {
    for (const sub of ['base', 'base/deep', '.hidden']) await mkdir(join(folder, sub));
    await write('z.yaml', configMap('top'));
    await write('base/b.yaml', configMap('inner'));
    await write('base/deep/a.yml', configMap('deep'));
    await write('.hidden/a.yml', configMap('hidden'));
    expect((await brief()).map(([, name]) => name)).toEqual(['top']);
    const all = await readManifests(folder, { ...release, recursive: true });
    expect(all.map(({ object, file }) => [object.metadata.name, file])).toEqual([
      ['inner', at('base/b.yaml')],
      ['deep', at('base/deep/a.yml')],
      ['top', at('z.yaml')],
    ]);
    await write('base/kustomization.yaml', 'resources: [b.yaml]\n');
    const error = await readManifests(folder, { ...release, recursive: true }).catch((thrown) => thrown);
    expect((error as ExpectedError).explanation.why).toEqual([
      `${at('base/kustomization.yaml')}: its folder is rendered as a whole: deploy it by itself, or leave -R out`,
    ]);
  });

  test('has its lists unfolded', async () => {
    const items = ['a', 'b'].map((name) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } }));
    const inner = { apiVersion: 'v1', kind: 'ConfigMapList', items: [items[1]] };
    await write(
      'list.yaml',
      `\n${JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [items[0], inner] })}`,
    );
    expect(await brief()).toEqual([
      ['ConfigMap', 'a', at('list.yaml'), 2],
      ['ConfigMap', 'b', at('list.yaml'), 2],
    ]);
  });

  test('tells the problems of all files at once', async () => {
    await write('a.yaml', `${configMap('ok')}---\nkind: [broken\nfoo: 1\n`);
    await write('b.yaml', 'kind: ConfigMap\nmetadata: {}\n---\n- just\n- a list\n---\nmetadata: {name: 5}\n');
    await write('c.yaml', `${configMap('ok')}---\nkind: A\nkind: B\n`);
    expect(await failure()).toMatchObject({
      code: 'E_MANIFEST',
      exit: 'validation',
      message: 'the manifests have 6 problems',
      why: [
        `${at('a.yaml')}:6:1 deficient indentation`,
        `${at('b.yaml')}:1 ConfigMap has no apiVersion, metadata.name`,
        `${at('b.yaml')}:4 a Kubernetes object is expected`,
        `${at('b.yaml')}:7 the object has no apiVersion, kind, metadata.name`,
        `${at('c.yaml')}:1 ConfigMap/ok is also in ${at('a.yaml')}:1`,
        `${at('c.yaml')}:6:1 the key "kind" is given twice, first in line 5`,
      ],
    });
  });

  test('tells one object in two versions of its API from two objects', async () => {
    const scaler = (version: string) =>
      `apiVersion: autoscaling/${version}\nkind: HorizontalPodAutoscaler\nmetadata: {name: a}\n`;
    await write('a.yaml', `${scaler('v1')}---\n${scaler('v2')}`);
    expect((await failure()).why).toEqual([
      `${at('a.yaml')}:5 HorizontalPodAutoscaler/a is also in ${at('a.yaml')}:1`,
    ]);
  });

  test('refuses objects that would be new ones at every run', async () => {
    await write('a.yaml', 'apiVersion: batch/v1\nkind: Job\nmetadata: {generateName: migrate-}\n');
    expect((await failure()).why).toEqual([
      `${at('a.yaml')}:1 Job has generateName, which makes a new one at every run: give it a name`,
    ]);
  });

  test('must be there, and hold something', async () => {
    expect(await failure()).toMatchObject({ code: 'E_NO_MANIFESTS', exit: 'notFound', where: at('') || '.' });
    await write('empty.yaml', '# nothing\n---\n');
    expect(await failure()).toMatchObject({ code: 'E_NO_MANIFESTS' });
    const error = await readManifests(join(folder, 'gone'), release).catch((thrown: ExpectedError) => thrown);
    expect((error as ExpectedError).explanation.where).toBe(at('gone'));
  });
});

describe('a folder that a tool renders', () => {
  const program = async (name: string, body: string) => {
    const bin = join(folder, '.bin');
    await mkdir(bin, { recursive: true });
    await writeFile(join(bin, name), `#!/bin/sh\n${body}\n`);
    await chmod(join(bin, name), 0o755);
    return bin;
  };

  test('kustomize: by kubectl', async () => {
    await write('kustomization.yaml', 'resources: [base.yaml]\n');
    const bin = await program(
      'kubectl',
      `cat <<END\n${configMap('rendered')}---\n${configMap('"$1-$2"')}\nEND`,
    );
    vi.stubEnv('PATH', `${bin}${delimiter}${process.env.PATH}`);
    const shown = `(kubectl kustomize ${relative(process.cwd(), folder)})`;
    const [first, second] = await read();
    expect(first).toMatchObject({ object: { metadata: { name: 'rendered' } }, file: shown, line: 1 });
    expect(second).toMatchObject({ object: { metadata: { name: `kustomize-${folder}` } }, line: 5 });
  });

  test('kustomize: by its own program where there is no kubectl', async () => {
    await write('Kustomization', 'resources: []\n');
    vi.stubEnv('PATH', await program('kustomize', `echo "${configMap('alone').replaceAll('\n', '\\n')}"`));
    expect((await brief()).map(([, name]) => name)).toEqual(['alone']);
  });

  test('Helm: with the release of the service', async () => {
    await write('Chart.yaml', 'name: chart\n');
    vi.stubEnv(
      'PATH',
      await program(
        'helm',
        `echo "{apiVersion: v1, kind: ConfigMap, metadata: {name: x}, data: {args: '$*'}}"`,
      ),
    );
    const [manifest] = await read();
    expect(manifest!.object.data).toEqual({
      args: `template orders --namespace shop --include-crds --skip-tests ${folder}`,
    });
  });

  test('Helm: without the hooks of another time', async () => {
    await write('Chart.yaml', 'name: chart\n');
    const hook = (name: string, when: string) =>
      `{apiVersion: v1, kind: ConfigMap, metadata: {name: ${name}, annotations: {helm.sh/hook: '${when}'}}}`;
    const objects = [
      configMap('plain'),
      hook('first', 'pre-install, pre-upgrade'),
      hook('last', 'post-delete'),
      hook('both', 'pre-delete,post-install'),
      hook('back', 'pre-rollback'),
      hook('probe', 'test-success'),
    ];
    const text = join(folder, 'rendered.txt');
    await writeFile(text, objects.join('\n---\n'));
    const bin = await program('helm', `cat ${text}`);
    vi.stubEnv('PATH', `${bin}${delimiter}${process.env.PATH}`);
    expect((await brief()).map(([, name]) => name)).toEqual(['plain', 'first', 'both']);
  });

  test('a missing tool is named', async () => {
    await write('Chart.yaml', 'name: chart\n');
    vi.stubEnv('PATH', folder);
    expect(await failure()).toMatchObject({
      code: 'E_TOOL_MISSING',
      exit: 'notFound',
      message: 'helm is needed to render the manifests, and is not installed',
      where: at('Chart.yaml'),
    });
  });

  test('a failing tool has the last word', async () => {
    await write('Chart.yaml', 'name: chart\n');
    vi.stubEnv('PATH', await program('helm', 'echo "Error: no values" >&2; exit 1'));
    expect(await failure()).toMatchObject({
      code: 'E_TOOL_FAILED',
      exit: 'failure',
      why: ['Error: no values'],
    });
  });
});
