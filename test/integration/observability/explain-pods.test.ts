import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { stringifyYaml } from '../../../src/core/yaml.ts';
import { explain } from '../../../src/observability/discover.ts';
import { discoverPods } from '../../../src/observability/discovery/pods.ts';
import { discoveryAccess } from '../../../src/observability/discovery-access.ts';
import { fileTargets } from '../../../src/observability/file-sd.ts';
import { podJobs } from '../../../src/observability/pod-jobs.ts';
import { podMonitors } from '../../../src/observability/pod-monitors.ts';
import {
  type KubernetesSource,
  scrapeConfig,
  scrapeFragment,
} from '../../../src/observability/scrape-config.ts';
import { listPods } from '../../../src/targets/kubernetes/list-pods.ts';
import { lab, labSuite } from '../../support/lab.ts';
import { eventually, startPrometheus } from '../../support/prometheus.ts';
import { writeKubeconfig } from '../kubernetes/support/kubeconfig.ts';
import { kubectl } from '../kubernetes/support/kubectl.ts';
import { expectAgreement } from './discovered.ts';
import { operatorRules } from './operator-rules.ts';
import { scrapePods, settledPods } from './scrape-pods.ts';

labSuite('scrape-config explain', ['kubeconfig', 'kubectl', 'pods', 'prometheus', 'dockerHost'], () => {
  const namespace = `scrape-${randomBytes(4).toString('hex')}`;
  const scope = { app: 'shop', environment: 'staging', services: ['catalog', 'orders'] };
  const source = (kubeconfig?: string): KubernetesSource => ({
    kind: 'kubernetes',
    namespace,
    ...(kubeconfig ? { kubeconfig } : {}),
  });
  const pods = () =>
    listPods({
      context: lab.context!,
      kubeconfig: lab.kubeconfig,
      namespaces: [namespace],
      signal: new AbortController().signal,
    });
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'cloudnative-explain-'));
    await kubectl(['create', 'namespace', namespace]);
    await kubectl(['apply', '-n', namespace, '-f', '-'], { input: scrapePods('shop') });
    await eventually(
      pods,
      (all) =>
        all.filter(({ status }) => /Running|Succeeded/.test(String((status as { phase?: string }).phase)))
          .length === settledPods,
      120_000,
    );
  }, 150_000);
  afterAll(async () => {
    await kubectl(['delete', 'namespace', namespace, '--wait=false']);
    await rm(folder, { recursive: true });
  });

  it('finds and drops what Prometheus does, with the same labels', async () => {
    const prometheus = await startPrometheus(
      lab.prometheus!,
      stringifyYaml(scrapeConfig(scope, source(lab.kubeconfig))),
    );
    try {
      const all = await pods();
      const [job] = explain(scope, source(), { pods: all });
      const groups = discoverPods(all, podJobs(scope, source())[0]!.pods);
      const targets = job!.groups.flatMap((group) => group.targets);
      const dropped = job!.groups.flatMap((group) => group.dropped);
      const found = await eventually(
        () => prometheus.allTargets(),
        ({ activeTargets, droppedTargets }) =>
          activeTargets.length === targets.length && droppedTargets.length === dropped.length,
      );
      expectAgreement(found, groups, job!);
      const reasons = Object.fromEntries(
        job!.groups.map(({ name, unseen, dropped: [first] }) => [name, unseen ?? first?.reason]),
      );
      expect(reasons).toMatchObject({
        'with-init': 'init container is "true"',
        ended: 'phase is "Succeeded"',
        quiet: 'annotation prometheus.io/scrape is missing, and has to be true',
        refusing: 'annotation prometheus.io/scrape is "false", and has to be true',
        waiting: 'has no address (yet)',
        'other-service': 'label app.kubernetes.io/name is "stranger", and has to be catalog|orders',
        'other-app': 'is not among the pods with app.kubernetes.io/part-of=shop',
      });
    } finally {
      await prometheus.stop();
    }
  }, 60_000);

  it('finds the same by a fragment, by a file of targets and by a PodMonitor', async () => {
    const jobs = explain(scope, source(), { pods: await pods() });
    const [monitor] = podMonitors(scope, source()) as { spec?: object }[];
    await writeFile(
      join(folder, 'fragment.yml'),
      stringifyYaml(scrapeFragment(scope, source(lab.kubeconfig))),
    );
    await writeFile(join(folder, 'targets.json'), JSON.stringify(fileTargets(jobs)));
    const config = {
      global: { scrape_interval: '1h' },
      scrape_config_files: [join(folder, 'fragment.yml')],
      scrape_configs: [
        { job_name: 'files', file_sd_configs: [{ files: [join(folder, 'targets.json')] }] },
        {
          job_name: 'monitor',
          kubernetes_sd_configs: [
            { role: 'pod', kubeconfig_file: lab.kubeconfig, namespaces: { names: [namespace] } },
          ],
          relabel_configs: operatorRules(monitor!, namespace),
        },
      ],
    };
    const prometheus = await startPrometheus(lab.prometheus!, JSON.stringify(config));
    try {
      const wanted = jobs.flatMap(({ groups }) =>
        groups.flatMap(({ targets }) =>
          targets.map(({ url, labels: { job: _, ...labels } }) => ({ url, labels })),
        ),
      );
      const found = await eventually(
        () => prometheus.targets(),
        (targets) => targets.length === 3 * wanted.length,
      );
      for (const pool of ['shop-staging', 'files', 'monitor']) {
        const targets = found.filter(({ scrapePool }) => scrapePool === pool);
        const seen = targets.map(({ scrapeUrl, labels: { job: _, ...labels } }) => ({
          url: scrapeUrl,
          labels,
        }));
        expect(seen).toHaveLength(wanted.length);
        expect(seen).toEqual(expect.arrayContaining(wanted));
      }
      const byMonitor = found.filter(({ scrapePool }) => scrapePool === 'monitor');
      expect(new Set(byMonitor.map(({ labels }) => labels.job))).toEqual(new Set(['shop-staging']));
    } finally {
      await prometheus.stop();
    }
  }, 60_000);

  it('is allowed to a ServiceAccount by what --rbac prints, and by no more than that', async () => {
    await kubectl(['create', 'serviceaccount', 'prometheus', '-n', namespace]);
    const token = (await kubectl(['create', 'token', 'prometheus', '-n', namespace])).trim();
    const kubeconfig = await writeKubeconfig(folder, { user: { token } });
    const prometheus = await startPrometheus(
      lab.prometheus!,
      stringifyYaml(scrapeConfig(scope, source(kubeconfig))),
    );
    try {
      await eventually(
        async () => prometheus.log(),
        (log) => log.includes('pods is forbidden'),
      );
      expect((await prometheus.allTargets()).activeTargets).toEqual([]);
      const account = { namespace, name: 'prometheus' };
      const input = discoveryAccess(scope, source(), account).map(stringifyYaml).join('---\n');
      await kubectl(['apply', '-f', '-'], { input });
      // Its client waits longer after each refusal.
      await eventually(
        () => prometheus.targets(),
        (targets) => targets.length > 0,
        90_000,
      );
      const as = ['--as', `system:serviceaccount:${namespace}:prometheus`, '-n', namespace];
      const may = (await kubectl(['auth', 'can-i', '--list', '--no-headers', ...as])).split('\n');
      expect(may.filter((line) => /^\S+\s+\[\]\s+\[\]/.test(line) && !/selfsubject/.test(line))).toEqual([
        expect.stringMatching(/^pods\s+\[\]\s+\[\]\s+\[get list watch\]$/),
      ]);
      await expect(
        kubectl(['auth', 'can-i', 'list', 'pods', '--as', as[1]!, '-n', 'default']),
      ).rejects.toThrow();
    } finally {
      await prometheus.stop();
    }
  }, 150_000);
});
