import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseYamlDocument } from '../../../src/core/yaml-document.ts';
import { explainSchemaError } from '../../../src/workspace/explain-schema-error.ts';
import { validateService, validateWorkspace } from '../../../src/workspace/generated/validators.js';
import type { SchemaValidator } from '../../../src/workspace/schema-validator.ts';

const service = 'name: a\nlanguage: ts\n';
const workspace = 'version: 1\nname: a\nservices: [a]\nenvironments: {l: {target: docker}}\n';

describe('service.yaml', () => {
  test.each([
    ['', ['1:1 the file must be a mapping, not empty']],
    ['[]', ['1:1 the file must be a mapping, not a list']],
    ['name: a\n', ['1:1 language is missing']],
    [
      'name: a\nlanguage: gp\n',
      ['2:11 language must be one of ts, go, python, not "gp"; did you mean "go"?'],
    ],
    ['name:\nlanguage: go\n', ['1:6 name must be text, not empty']],
    ['name: 7\nlanguage: go\n', ['1:7 name must be text, not 7']],
    [
      `${service}ports: {http: 0, admin: 70000}\n`,
      [
        '3:15 ports.http must be from 1 to 65535, not 0',
        '3:25 ports.admin must be from 1 to 65535, not 70000',
      ],
    ],
    [`${service}ports: {http: "80"}\n`, ['3:15 ports.http must be a whole number, not "80"']],
    [`${service}ports: {grpc: 1}\n`, ['3:9 unknown key "grpc" in ports; known are http, admin']],
    [`${service}env: hunter2\n`, ['3:6 env must be a mapping, not what is written']],
    [`${service}run: npm start\n`, ['3:6 run must be a list, not "npm start"']],
    [`${service}run: []\n`, ['3:6 run must not be empty']],
    [`${service}build: [npm ci]\n`, ['3:9 build[0] must be a list, not "npm ci"']],
    [`${service}build: [[npm, [ci]]]\n`, ['3:15 build[0][1] must be a single value, not a list']],
    [
      `${service}env: {1A: x, B: [1]}\n`,
      [
        '3:7 "1A" is no name of an environment variable: letters, digits, _ - and ., the first no digit',
        '3:17 env.B must be a value or {secret: name/key}, not a list',
      ],
    ],
    [
      `${service}env: {A: {secret: nokey}, B: {}, C: {secert: a/b}}\n`,
      [
        '3:19 env.A.secret must be the name of a Secret, a slash and a key: orders-db/password, not what is written',
        '3:30 env.B.secret is missing',
        '3:37 env.C.secret is missing',
        '3:38 unknown key "secert" in env.C; did you mean "secret"?',
      ],
    ],
    [
      `${service}image: {dockerfile: /etc/passwd, args: {"A B": 1}}\n`,
      [
        '3:21 image.dockerfile must be a relative path with / between folders, not "/etc/passwd"',
        '3:41 "A B" is no name of a build argument: letters, digits and _, the first no digit',
      ],
    ],
    [
      `${service}objectives: {availability: 100}\n`,
      ['3:28 objectives.availability must be from 95 to 99.999, not 100'],
    ],
    [
      `${service}objectives: {availability: 99.9%}\n`,
      ['3:28 objectives.availability must be a number, not "99.9%"'],
    ],
    ...['p99 10s', 'p99 4ms', 'p90 1s', '300ms', 'p99 300ms or so'].map((text): [string, string[]] => [
      `${service}objectives: {latency: ${text}}\n`,
      [
        `3:23 objectives.latency must be p50, p95 or p99 and a time from 5ms to under 10s: p99 300ms, not "${text}"`,
      ],
    ]),
    [`${service}objectives: {availability: 99.95, latency: p95 1.5s}\n`, []],
  ])('%j', (text, expected) => {
    expect(messages(text, validateService).sort()).toEqual([...expected].sort());
  });
});

describe('cloudnative.yaml', () => {
  test.each([
    ['{}', ['environments', 'name', 'services', 'version'].map((key) => `1:1 ${key} is missing`)],
    [workspace.replace('[a]', '[]'), ['3:11 services must not be empty']],
    [workspace.replace('{l: {target: docker}}', '{}'), ['4:15 environments must not be empty']],
    [
      workspace.replace('docker', 'docker, host: localhost'),
      [
        '4:42 environments.l.host must be an address such as unix:///var/run/docker.sock or tcp://127.0.0.1:2375, not "localhost"',
      ],
    ],
    [
      `${workspace}registry: https://ghcr.io/acme\n`,
      [
        '5:11 registry must be a host, a port if need be, and a lower-case path: 127.0.0.1:5000/shop (no https://, no tag), not "https://ghcr.io/acme"',
      ],
    ],
  ])('%j', (text, expected) => {
    expect(messages(text, validateWorkspace).sort()).toEqual(expected);
  });

  test.each(['127.0.0.1:5000/shop', 'ghcr.io/acme', 'localhost:5000', '[::1]:5000/a/b__c', 'registry/a-b.c'])(
    'the registry %s is fine',
    (registry) => {
      expect(messages(`${workspace}registry: "${registry}"\n`, validateWorkspace)).toEqual([]);
    },
  );
});

test('every keyword of the schemas has an explanation, and every pattern words', () => {
  const explained = new Set([
    'additionalProperties',
    'required',
    'type',
    'const',
    'enum',
    'minimum',
    'maximum',
  ]);
  for (const keyword of ['minItems', 'minProperties', 'pattern', 'propertyNames']) explained.add(keyword);
  const silent = new Set([
    '$schema',
    '$ref',
    'title',
    'description',
    'properties',
    'items',
    'definitions',
    'patternErrorMessage',
  ]);
  const walk = (schema: Record<string, unknown>): void => {
    for (const [keyword, value] of Object.entries(schema)) {
      expect([keyword, explained.has(keyword) || silent.has(keyword)]).toEqual([keyword, true]);
      if (keyword === 'properties' || keyword === 'definitions') {
        for (const inner of Object.values(value as object)) walk(inner);
      } else if (
        ['items', 'additionalProperties', 'propertyNames'].includes(keyword) &&
        typeof value === 'object'
      ) {
        walk(value as Record<string, unknown>);
      }
    }
    if (schema.pattern) expect(schema.patternErrorMessage).toBeTypeOf('string');
  };
  for (const name of ['workspace', 'service']) {
    const url = new URL(`../../../src/workspace/schemas/${name}.json`, import.meta.url);
    walk(JSON.parse(readFileSync(url, 'utf8')));
  }
});

function messages(text: string, validate: SchemaValidator): string[] {
  const document = parseYamlDocument(text);
  expect(document.problems).toEqual([]);
  validate(document.value);
  return (validate.errors ?? []).flatMap((error) => {
    const explained = explainSchemaError(error, document);
    return explained ? [`${explained.position.line}:${explained.position.column} ${explained.message}`] : [];
  });
}
