import { expect, it } from 'vitest';
import type { ScrapeConfigFlags } from '../../../src/cli/commands/scrape-config.ts';
import { checkScrapeFlags, serviceAccountOf } from '../../../src/cli/run/scrape-config-flags.ts';
import type { Environment } from '../../../src/workspace/model.ts';

const place = (target: Environment['target']): Environment => ({ name: 'there', target, services: {} });
const refusal = (message: RegExp) =>
  expect.objectContaining({
    explanation: expect.objectContaining({ exit: 'usage', message: expect.stringMatching(message) }),
  });

it.each<[Partial<ScrapeConfigFlags>, Environment['target'], RegExp]>([
  [{ explain: true, rbac: true }, 'kubernetes', /--explain and --rbac exclude each other/],
  [{ explain: 'orders', format: 'file-sd' }, 'process', /--explain and --format file-sd exclude/],
  [{ fragment: true, format: 'file-sd' }, 'docker', /--fragment and --format file-sd exclude/],
  [{ fragment: true, explain: true }, 'process', /--fragment and --explain exclude/],
  [{ check: true, format: 'podmonitor' }, 'kubernetes', /--check and --format podmonitor exclude/],
  [{ check: true, rbac: true }, 'kubernetes', /--check and --rbac exclude/],
  [{ serviceAccount: 'a/b' }, 'kubernetes', /--service-account goes with --rbac/],
  [{ kubeconfig: 'f', rbac: true }, 'kubernetes', /--kubeconfig says nothing with --rbac/],
  [
    { kubeconfig: 'f', format: 'podmonitor' },
    'kubernetes',
    /--kubeconfig says nothing with --format podmonitor/,
  ],
  [{ kubeconfig: 'f' }, 'docker', /--kubeconfig is for Kubernetes; there is on docker/],
  [{ rbac: true }, 'process', /--rbac is for Kubernetes; there is on process/],
  [{ format: 'podmonitor' }, 'docker', /--format podmonitor is for Kubernetes/],
])('%j on %s makes no sense', (flags, target, message) => {
  expect(() => checkScrapeFlags({ format: 'prometheus', ...flags }, place(target))).toThrow(refusal(message));
});

it.each<[Partial<ScrapeConfigFlags>, Environment['target']]>([
  [{ fragment: true, check: true }, 'process'],
  [{ fragment: true, kubeconfig: 'f', check: true }, 'kubernetes'],
  [{ format: 'file-sd', kubeconfig: 'f' }, 'kubernetes'],
  [{ explain: true, kubeconfig: 'f' }, 'kubernetes'],
  [{ rbac: true, serviceAccount: 'a/b' }, 'kubernetes'],
])('%j on %s does', (flags, target) => {
  expect(() => checkScrapeFlags({ format: 'prometheus', ...flags }, place(target))).not.toThrow();
});

it('reads an account with its namespace', () => {
  expect(serviceAccountOf()).toEqual({ namespace: 'monitoring', name: 'prometheus' });
  expect(serviceAccountOf('obs/prom.k8s')).toEqual({ namespace: 'obs', name: 'prom.k8s' });
  for (const text of ['', 'prometheus', 'a/', '/b', 'A/b', 'a/b/c', 'a/b\n'])
    expect(() => serviceAccountOf(text)).toThrow(refusal(/--service-account/));
});
