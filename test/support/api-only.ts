import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The version, such as `1.30`, of the control plane without a node that the tests are to run on; undefined for the whole lab. */
export const otherVersion = process.env.CLOUDNATIVE_TEST_KUBERNETES || undefined;

/** Test files of the cluster, by what they need. */
export interface ClusterTests {
  /** A Kubernetes API server is enough, for one suite of the file at least. */
  apiOnly: string[];
  /** All others: only where pods run. */
  pods: string[];
}

/** Paths from the root of the repository, sorted. What a suite needs is read from its call of `labSuite`. */
export function clusterTests(root: string): ClusterTests {
  const found: ClusterTests = { apiOnly: [], pods: [] };
  const paths = readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' });
  for (const path of paths
    .filter((one) => one.endsWith('.test.ts'))
    .map((one) => join('test', one))
    .sort()) {
    const suites = needsOf(readFileSync(join(root, path), 'utf8')).filter((one) =>
      one.includes('kubeconfig'),
    );
    if (suites.some((needs) => !needs.includes('pods'))) found.apiOnly.push(path);
    else if (suites.length > 0) found.pods.push(path);
  }
  return found;
}

/** For each suite of a test file. */
function needsOf(text: string): string[][] {
  const calls = text.matchAll(/labSuite\(\s*'[^']+',\s*\[([^\]]*)\]/g);
  return [...calls].map(([, list]) => [...list!.matchAll(/'(\w+)'/g)].map(([, need]) => need!));
}
