import { Chalk } from 'chalk';
import { expect, it } from 'vitest';
import { explainText } from '../../../src/cli/ui/explain-text.ts';
import { explainJob } from '../../../src/observability/explain.ts';

const style = {
  colour: new Chalk({ level: 0 }),
  signs: { done: '✓', waiting: '◦', failed: '✗', unchanged: '=' },
};
const meta = '__meta_kubernetes_pod_annotation_prometheus_io_scrape';
const job = explainJob(
  { job_name: 'shop-staging', relabel_configs: [{ source_labels: [meta], action: 'keep', regex: 'true' }] },
  [
    { name: 'stranger', labels: {}, targets: [], unseen: 'is not among the pods with a=b', stranger: true },
    {
      name: 'orders-1',
      labels: { [meta]: 'true', a: 'x\u001b[31m' },
      targets: [
        { origin: 'container orders, port 9100', labels: { __address__: '10.0.0.1:9100' } },
        { origin: 'container side, no port', labels: { __address__: '10.0.0.1:9100' } },
        { origin: 'container odd, no port', labels: { __address__: '10.0.0.1:9100', [meta]: 'no' } },
      ],
    },
    {
      name: 'quiet',
      labels: {},
      targets: ['one', 'two'].map((origin) => ({ origin, labels: { __address__: 'a' } })),
    },
    { name: 'late', labels: {}, targets: [], unseen: 'has no address (yet)' },
  ],
);

it('shows the targets with their labels first, and one line for each that is none', () => {
  expect(explainText([job], style, { detailed: false })).toBe(`\
job shop-staging: 1 of 3 pods become targets
  ✓ orders-1  http://10.0.0.1:9100/metrics
      a="x\\u001b[31m" instance="10.0.0.1:9100" job="shop-staging"
  ✗ late      not discovered: it has no address (yet)
  ✗ quiet     rule 1, keep: annotation prometheus.io/scrape is missing, and has to be true
  = of others: stranger

Rules count from 1 in the relabel_configs of the job.
`);
});

it('shows of the one that is asked for what each part of it becomes', () => {
  const { groups, ...rest } = job;
  const one = { ...rest, groups: groups.filter(({ name }) => name === 'orders-1' || name === 'stranger') };
  expect(explainText([one], style, { detailed: true })).toBe(`\
job shop-staging: 1 of 2 pods become targets
  ✓ orders-1  http://10.0.0.1:9100/metrics
      from container orders, port 9100; container side, no port
      a="x\\u001b[31m" instance="10.0.0.1:9100" job="shop-staging"
  ✗ orders-1  container odd, no port: rule 1, keep: annotation prometheus.io/scrape is "no", and has to be true
  ✗ stranger  not discovered: it is not among the pods with a=b

Rules count from 1 in the relabel_configs of the job.
`);
});
