import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { pythonPackage } from '../../../src/scaffold/python-package.ts';

it.each([
  ['orders', 'orders'],
  ['order-desk', 'order_desk'],
  ['a--b', 'a__b'],
  ['class', 'class_service'],
  ['match', 'match_service'],
  ['http', 'http_service'],
  ['json', 'json_service'],
  ['fastapi', 'fastapi_service'],
  ['prometheus-client', 'prometheus_client_service'],
  ['tests', 'tests_service'],
  ['con', 'con_service'],
  ['com1', 'com1_service'],
  ['https', 'https'],
])('names the package of %s %s', (name, module) => {
  expect(pythonPackage(name)).toBe(module);
});

it('hides no word and no module of the Python that is here', () => {
  const script = 'import keyword, sys; print(*keyword.kwlist, *keyword.softkwlist, *sys.stdlib_module_names)';
  const words = execFileSync('python3', ['-c', script], { encoding: 'utf8' }).split(/\s+/);
  expect(words.length).toBeGreaterThan(250);
  expect(words.filter((word) => /^[a-z][a-z0-9_]*$/.test(word) && pythonPackage(word) === word)).toEqual([]);
});

it('hides no package that services are locked to', () => {
  const lock = readFileSync('templates/services/python/requirements-dev.txt', 'utf8');
  const packages = [...lock.matchAll(/^([a-z0-9-]+)==/gm)].map(([, name]) => name!);
  expect(packages.length).toBeGreaterThan(20);
  // Its modules are in one that is named for the project.
  const others = packages.filter((name) => name !== 'opentelemetry-api');
  expect(others.filter((name) => pythonPackage(name) === name.replaceAll('-', '_'))).toEqual([]);
});
