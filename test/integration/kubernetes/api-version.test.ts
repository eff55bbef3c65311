import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { otherVersion } from '../../support/api-only.ts';
import { labSuite } from '../../support/lab.ts';
import { serverMinor } from './support/kubectl.ts';

const known = new URL('../../../src/policy/schema/kubernetes-api.json', import.meta.url);

labSuite('kubernetes target', ['kubeconfig', 'kubectl'], () => {
  test(`the API server is of Kubernetes ${otherVersion ?? 'that check knows'}`, async () => {
    const minor = await serverMinor();
    console.error(`the API server is of Kubernetes 1.${minor}`);
    if (otherVersion) expect(`1.${minor}`).toBe(otherVersion);
    const { from, to } = JSON.parse(await readFile(known, 'utf8'));
    expect(minor).toBeGreaterThanOrEqual(from);
    expect(minor).toBeLessThanOrEqual(to);
  });
});
