import { writeSync } from 'node:fs';
import type { Reporter, TestModule } from 'vitest/node';
import { clusterTests, otherVersion } from './api-only.ts';
import { labSuites } from './lab-suites.ts';

/** Ends a run with `N passed, N failed, N skipped`; with CI=true a skipped test or an absent lab suite fails the run. */
export function summaryReporter(): Reporter {
  return {
    onTestRunEnd(modules, unhandledErrors) {
      const counts = count(modules);
      const complaints = process.env.CI === 'true' ? complain(modules, counts.skipped) : [];
      if (complaints.length > 0) process.exitCode = 1;
      const line = `${counts.passed} passed, ${counts.failed + unhandledErrors.length} failed, ${counts.skipped} skipped`;
      const again = secondTries(modules);
      // At exit, so that nothing of vitest's follows.
      const text = [...again, ...complaints, ...leftOut(), line, ''].join('\n');
      process.once('exit', () => writeSync(1, text));
    },
  };
}

/** What another version of Kubernetes does not run, for it has no node. */
function leftOut(): string[] {
  if (!otherVersion) return [];
  const { apiOnly, pods } = clusterTests(process.cwd());
  return [
    `Kubernetes ${otherVersion}: ${apiOnly.length} files of tests, without the ${pods.length} that need pods:`,
    ...pods.map((path) => `  ${path}`),
  ];
}

/** A file that cannot be loaded and a hook that throws count as a failure each, for the tests they hold back count as skipped. */
function count(modules: readonly TestModule[]) {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for (const module of modules) {
    for (const test of module.children.allTests()) {
      const { state } = test.result();
      counts[state === 'pending' ? 'skipped' : state]++;
    }
    const holders = [module, ...module.children.allSuites()];
    counts.failed += holders.filter((holder) => holder.errors().length > 0).length;
  }
  return counts;
}

/** Tests that failed and then passed: each is a flaw to be found, in the test or in what it tests. */
function secondTries(modules: readonly TestModule[]): string[] {
  const tests = modules.flatMap((module) => [...module.children.allTests('passed')]);
  return tests
    .filter((test) => test.diagnostic()?.flaky)
    .map((test) => `passed only on a second try: ${test.fullName}`);
}

function complain(modules: readonly TestModule[], skipped: number): string[] {
  const ran = new Set(modules.flatMap((module) => [...suitesThatRan(module)]));
  // Another version of Kubernetes runs some of them only, and tells which files it leaves out.
  const absent = otherVersion ? [] : labSuites.filter((name) => !ran.has(name));
  return [
    ...(skipped > 0 ? [`CI: ${skipped} skipped; nothing may be`] : []),
    ...absent.map((name) => `CI: suite "${name}" did not run`),
  ];
}

function* suitesThatRan(module: TestModule) {
  for (const suite of module.children.allSuites()) {
    const tests = [...suite.children.allTests()];
    if (tests.some((test) => ['passed', 'failed'].includes(test.result().state))) yield suite.name;
  }
}
