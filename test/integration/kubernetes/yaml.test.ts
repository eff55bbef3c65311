import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readKubernetesYaml } from '../../../src/core/kubernetes-yaml.ts';
import { stringifyYaml } from '../../../src/core/yaml.ts';
import { labSuite } from '../../support/lab.ts';
import { changed, deploy, openApp } from './support/app.ts';
import { kubectl, objectOf } from './support/kubectl.ts';

const words = [
  ...['y', 'Y', 'yes', 'Yes', 'YES', 'n', 'N', 'no', 'No', 'NO', 'on', 'On', 'ON', 'off', 'Off', 'OFF'],
  ...[
    'true',
    'True',
    'TRUE',
    'false',
    'null',
    'Null',
    'NULL',
    '~',
    'nil',
    'none',
    'undefined',
    'NaN',
    '.nan',
    '.inf',
    '-.inf',
  ],
  ...[
    '0',
    '-0',
    '+1',
    '007',
    '0644',
    '0o17',
    '0x1F',
    '0b101',
    '1_000',
    '1__0',
    '1e3',
    '1E-3',
    '1.',
    '.5',
    '1.10',
    '089',
    '-1_0',
  ],
  ...[
    '1:30',
    '190:20:30',
    '1:30.5',
    '2001-01-01',
    '2001-12-14t21:59:43.10-05:00',
    '12e03',
    '685.230_15e+03',
    '0x_0A',
  ],
  ...[
    '<<',
    '=',
    '-',
    '--',
    '---',
    '...',
    '- a',
    '? a',
    ': a',
    'a: b',
    'a :b',
    'a #b',
    '#a',
    '# a',
    ' a',
    'a ',
    ' ',
  ],
  ...[
    '&a',
    '*a',
    '!a',
    '!!str a',
    '|',
    '>',
    '|-',
    '%YAML',
    '@a',
    '`a',
    '[a]',
    '{a}',
    'a, b',
    ',',
    '"a"',
    "'a'",
    "it's",
    '\\n',
    'a\\',
  ],
  ...[
    '',
    'a\nb',
    'a\n',
    '\na',
    'a\n\n',
    ' a\n b',
    'a\tb',
    '\ta',
    'a\r\nb',
    'a\rb',
    '\u0000',
    '\u0007',
    '\u001b[31m',
    '\u007f',
  ],
  ...[
    '\u0085',
    '\u00a0',
    '\u2028',
    '\u2029',
    '\ufeff',
    '😀',
    'ü',
    '日本',
    'a\u0301',
    '$X',
    '$(X)',
    '{{x}}',
    'x'.repeat(200),
  ],
];

labSuite('kubernetes target', ['kubeconfig', 'kubectl'], () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'cloudnative-yaml-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  /** What kubectl makes of a text, before any server sees it. */
  const asKubectlReads = async (text: string) => {
    const file = join(folder, 'probe.yaml');
    await writeFile(file, text);
    return JSON.parse(
      await kubectl(['create', '--dry-run=client', '--validate=false', '-o', 'json', '-f', file]),
    );
  };
  const configMap = (data: Record<string, string>) => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'probe' },
    data,
  });

  test('kubectl reads every awkward text that we write as we meant it, as a value and as a key', async () => {
    expect(words.length).toBeGreaterThan(95);
    const values = Object.fromEntries(words.map((word, index) => [`k${index}`, word]));
    const keys = Object.fromEntries(words.map((word, index) => [word, `v${index}`]));
    const read = [
      (await asKubectlReads(stringifyYaml(configMap(values)))).data,
      (await asKubectlReads(stringifyYaml(configMap(keys)))).data,
    ];
    expect(read).toEqual([values, keys]);
    for (const data of [values, keys])
      expect(readKubernetesYaml(stringifyYaml(data)).documents[0]!.value).toEqual(data);
  });

  test('we read as kubectl does what people write', async () => {
    const text = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: probe, annotations: {plain: 1.2.3, date: 2001-01-01, time: 1:30, base: 12:30:45}}
spec:
  replicas: 0x2
  paused: yes
  progressDeadlineSeconds: 1_000
  minReadySeconds: 0b11
  selector: {matchLabels: &labels {app: probe}}
  template:
    metadata: {labels: {<<: *labels, tier: "on"}}
    spec:
      hostNetwork: off
      containers: [{name: a, image: b}]
      volumes: [{name: v, configMap: {name: c, defaultMode: 0644}}, {name: w, configMap: {name: d, defaultMode: 0o640}}]
`;
    const ours = readKubernetesYaml(text).documents[0]!.value;
    expect(await asKubectlReads(text)).toMatchObject(ours as object);
  });

  test('characters that YAML only takes escaped arrive as they are written', async () => {
    const app = await openApp();
    try {
      const odd = 'a\u007fb\u0080c \u0085 d\u009fe\ufefff\ufffeg\uffffh \u2028 i \u2029 j';
      const map = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'odd' }, data: { odd } };
      const text = stringifyYaml(map);
      const image = `registry.example.com/orders@sha256:${'a'.repeat(64)}`;
      const orders = await app.service('orders', { image, files: { 'odd.yaml': text } });
      await deploy(app.target, [orders]);
      expect((await objectOf(app.namespace, 'configmap/odd')).data).toEqual({ odd });
      expect(changed(await app.target.plan([orders]))).toEqual({});
    } finally {
      await app.close();
    }
  });
});
