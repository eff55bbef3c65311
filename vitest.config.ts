import { defineConfig } from 'vitest/config';
import { clusterTests, otherVersion } from './test/support/api-only.ts';
import { summaryReporter } from './test/support/summary-reporter.ts';

export default defineConfig({
  define: { CLOUDNATIVE_VERSION: JSON.stringify('0.0.0-test') },
  test: {
    include: otherVersion ? clusterTests(import.meta.dirname).apiOnly : ['test/**/*.test.ts'],
    exclude: ['test/fixtures/**'],
    testTimeout: 300_000,
    hookTimeout: 300_000,
    // Its own second is too short for a cluster that is busy with other tests.
    expect: { poll: { timeout: 20_000, interval: 100 } },
    // On a busy machine a real cluster or engine is now and then late; which tests needed a second look is told in the end.
    retry: process.env.CI ? 1 : 0,
    // Child processes, engines and clusters share two cores on a small machine.
    maxWorkers: 2,
    reporters: ['default', summaryReporter()],
  },
});
