import { expect, it } from 'vitest';
import { podJobs } from '../../../src/observability/pod-jobs.ts';
import { podMonitors } from '../../../src/observability/pod-monitors.ts';
import { type KubernetesSource, scrapeConfig } from '../../../src/observability/scrape-config.ts';
import { scrapedWorkloads } from '../../../src/observability/scraped-workloads.ts';

const labels = { app: 'web' };
const template = {
  metadata: { labels: { ...labels, version: '1' } },
  spec: { containers: [{ name: 'web' }] },
};
const object = (apiVersion: string, kind: string, name: string, spec: object, metadata: object = {}) => ({
  apiVersion,
  kind,
  metadata: { name, ...metadata },
  spec,
});
const expression = { key: 'tier', operator: 'In', values: ['a', 'b'] };

const workloads = scrapedWorkloads(
  [
    object('apps/v1', 'Deployment', 'web', {
      selector: { matchLabels: labels, matchExpressions: [expression] },
      template,
    }),
    object(
      'apps/v1',
      'StatefulSet',
      'web',
      { selector: { matchLabels: { app: 'db' } }, template },
      { namespace: 'data' },
    ),
    object('batch/v1', 'Job', 'once', { template: { spec: template.spec } }),
    object('batch/v1', 'CronJob', 'nightly', { jobTemplate: { spec: { template } } }),
    object('batch/v1', 'CronJob', 'nameless', {
      jobTemplate: { spec: { template: { spec: template.spec } } },
    }),
    object('v1', 'Pod', 'a.b', { containers: [] }),
    object('v1', 'Service', 'web', { selector: labels }),
  ],
  'blog',
);

it('knows the pods of each workload by what only they have', () => {
  expect(workloads).toEqual([
    { name: 'a.b', pods: { namespace: 'blog', matchLabels: {} }, pod: 'a.b' },
    {
      name: 'deployment-web',
      pods: { namespace: 'blog', matchLabels: labels, matchExpressions: [expression] },
    },
    { name: 'nightly', pods: { namespace: 'blog', matchLabels: { ...labels, version: '1' } } },
    { name: 'once', pods: { namespace: 'blog', matchLabels: { 'batch.kubernetes.io/job-name': 'once' } } },
    { name: 'statefulset-web', pods: { namespace: 'data', matchLabels: { app: 'db' } } },
  ]);
});

it('makes a job of each, which calls its service by its name', () => {
  const scope = { app: 'blog', environment: 'default', services: ['blog'] };
  const source: KubernetesSource = { kind: 'kubernetes', namespace: 'blog', workloads };
  const jobs = scrapeConfig(scope, source).scrape_configs;
  expect(jobs.map(({ job_name }) => job_name)).toEqual([
    'blog-default-a.b',
    'blog-default-deployment-web',
    'blog-default-nightly',
    'blog-default-once',
    'blog-default-statefulset-web',
  ]);
  expect(jobs[1]!.kubernetes_sd_configs).toEqual([
    {
      role: 'pod',
      namespaces: { names: ['blog'] },
      selectors: [{ role: 'pod', label: 'app=web,tier in (a,b)' }],
    },
  ]);
  expect(jobs[1]!.relabel_configs).toContainEqual({ target_label: 'service', replacement: 'deployment-web' });
  expect(jobs[0]!.kubernetes_sd_configs).toEqual([{ role: 'pod', namespaces: { names: ['blog'] } }]);
  expect(jobs[0]!.relabel_configs![0]).toEqual({
    source_labels: ['__meta_kubernetes_pod_name'],
    action: 'keep',
    regex: 'a\\.b',
  });
  expect(podJobs({ ...scope, app: 'nightly' }, source).map(({ name }) => name)).toContain('nightly-default');
  const monitors = podMonitors(scope, source);
  expect(monitors.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`)).toContain(
    'data/blog-default-statefulset-web',
  );
  expect(monitors[1]!.spec).toMatchObject({
    selector: { matchLabels: labels, matchExpressions: [expression] },
  });
});
