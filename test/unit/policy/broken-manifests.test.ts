import { describe, expect, test } from 'vitest';
import { brokenManifests } from '../../support/broken-manifests.ts';
import { problemsOf } from './manifests-of.ts';

describe('a manifest with', () => {
  test.each(brokenManifests)('$mistake is told so, with its place', async ({ text, at, says }) => {
    const problems = (await problemsOf(text)).filter(({ severity }) => severity === 'error');
    const told = problems.map(({ field, message, line, column }) => ({
      at: `${line}:${column}`,
      says: `${field} ${message}`,
    }));
    expect(told).toContainEqual({ at, says: expect.stringMatching(says) });
  });
});
