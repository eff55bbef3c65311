import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { rules } from './rules.ts';
import { readSources, sourceFile } from './sources.ts';

const root = new URL('../../', import.meta.url).pathname;
const sources = readSources(`${root}src`);

describe('the source tree', () => {
  it.each(Object.entries(rules))('keeps the rule: %s', (_, rule) => {
    expect(rule(sources)).toEqual([]);
  });

  // A rule that cannot fail guards nothing: each is shown a copy of the tree with one line that breaks it.
  const mutations: [keyof typeof rules, string, string][] = [
    ['direction', 'plan/mutant.ts', "import { delay } from '../engine/wait.ts';"],
    ['direction', 'targets/docker/mutant.ts', "import type { A } from '../process/process-target.ts';"],
    ['direction', 'builds/mutant.ts', "import { a } from '../sources/read.ts';"],
    ['direction', 'core/mutant.ts', "export { a } from '../system/promtool.ts';"],
    ['purity', 'observability/mutant.ts', "import { readFileSync } from 'node:fs';"],
    ['purity', 'status/mutant.ts', 'export const now = process.env.NOW;'],
    ['packageHomes', 'actions/mutant.ts', "import { execa } from 'execa';"],
    ['packageHomes', 'core/mutant.ts', "const one = await import('lodash');"],
    ['portsOnly', 'engine/mutant.ts', "const one = await import('../targets/docker/docker-target.ts');"],
    ['portsOnly', 'cli/mutant.ts', "import { one } from '../targets/docker/docker-target.ts';"],
    ['cliClosure', 'cli/program.ts', "import 'inquirer';"],
    ['supervisorClosure', 'targets/process/supervisor.ts', "import { parse } from 'yaml';"],
    ['oneMouth', 'engine/mutant.ts', 'process.exit(1);'],
    ['oneMouth', 'actions/mutant.ts', "console.log('hello');"],
    ['size', 'core/mutant.ts', '\n'.repeat(400)],
  ];
  it.each(mutations)('would see a break of %s in %s: %s', (name, path, line) => {
    const text = `${sources.get(path)?.text ?? ''}\n${line}\n`;
    const mutated = new Map(sources).set(path, sourceFile(path, text));
    expect(rules[name]!(mutated).filter((found) => found.startsWith(path))).not.toEqual([]);
  });
});

describe('the built program', () => {
  interface Output {
    imports: { to: string; kind: string }[];
    inputs: string[];
  }
  const outputs: Record<string, Output> = JSON.parse(readFileSync(`${root}dist/meta.json`, 'utf8'));

  it('loads nothing but commander and chalk before a command runs', () => {
    expect(packagesOf('main.js', outputs)).toEqual(['chalk', 'commander']);
  });

  it('has a supervisor without packages', () => {
    expect(packagesOf('supervisor.js', outputs)).toEqual([]);
  });

  it('would see a package that is loaded too early', () => {
    const heavy = Object.keys(outputs).find((name) => packagesOf(name, outputs).includes('dockerode'))!;
    const main = outputs['main.js']!;
    const mutated = {
      ...outputs,
      'main.js': { ...main, imports: [...main.imports, { to: heavy, kind: 'import-statement' }] },
    };
    expect(packagesOf('main.js', mutated)).toContain('dockerode');
  });

  it('asks for no package at run time', () => {
    const external = Object.values(outputs).flatMap(({ imports }) => imports.map(({ to }) => to));
    const unknown = external.filter(
      (to) => !(to in outputs) && !to.startsWith('node:') && !isBuiltinName(to),
    );
    expect(unknown).toEqual([]);
  });

  function packagesOf(entry: string, all: Record<string, Output>): string[] {
    const seen = new Set<string>();
    const visit = (name: string) => {
      if (seen.has(name) || !all[name]) return;
      seen.add(name);
      for (const { to, kind } of all[name].imports) if (kind === 'import-statement') visit(to);
    };
    visit(entry);
    const inputs = [...seen].flatMap((name) => all[name]!.inputs);
    const names = inputs.map((input) => /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1]);
    return [...new Set(names.filter((name) => name !== undefined))].sort();
  }

  /** Node's own modules without their prefix, as CommonJS packages ask for them, and extras that their callers do without. */
  function isBuiltinName(name: string): boolean {
    const extras = ['cpu-features', 'bufferutil', 'utf-8-validate', 'encoding', 'supports-color'];
    return process.getBuiltinModule('node:module').isBuiltin(name) || extras.includes(name);
  }
});
