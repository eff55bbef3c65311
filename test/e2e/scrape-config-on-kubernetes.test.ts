import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parse, parseAllDocuments, stringify } from 'yaml';
import { cli, cliOk } from '../support/cli.ts';
import { lab, labSuite } from '../support/lab.ts';
import { eventually, startPrometheus } from '../support/prometheus.ts';

const run = promisify(execFile);

labSuite('scrape-config explain', ['kubeconfig', 'kubectl', 'pods', 'prometheus', 'dockerHost'], () => {
  const namespace = `scraped-${randomBytes(4).toString('hex')}`;
  let folder: string;
  const options = () => ({ cwd: folder, env: { KUBECONFIG: lab.kubeconfig! } });
  const scrapeConfig = (...more: string[]) => [
    ...['scrape-config', '--manifests', 'blog', '--app', 'blog'],
    ...['-n', namespace, '--context', lab.context!, ...more],
  ];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'cloudnative-scraped-'));
    await mkdir(join(folder, 'blog'));
    await writeFile(join(folder, 'blog', 'blog.yaml'), manifests);
    await cliOk(['deploy', ...scrapeConfig('--yes').slice(1)], options());
  }, 120_000);
  afterAll(async () => {
    await run(lab.kubectl!, [
      '--kubeconfig',
      lab.kubeconfig!,
      'delete',
      'namespace',
      namespace,
      '--wait=false',
    ]);
    await rm(folder, { recursive: true });
  });

  it('finds the pods of a folder by the selectors of its workloads, as Prometheus then does', async () => {
    const { stdout } = await cliOk(scrapeConfig('--explain'), options());
    expect(stdout).toMatch(
      /^job blog-default-store: 0 of 1 pods become targets\n {2}✗ store-0 +rule 1, keep: annotation prometheus\.io\/scrape is missing/m,
    );
    expect(stdout).toMatch(
      /^job blog-default-web: 1 of 1 pods become targets\n {2}✓ web-\S+ +http:\/\/\S+:8080\/metrics/m,
    );
    expect(stdout).toMatch(/^ {2}= of others: store-0$/m);

    const { stdout: config } = await cliOk(scrapeConfig('--kubeconfig', lab.kubeconfig!), options());
    const prometheus = await startPrometheus(lab.prometheus!, config);
    try {
      const up = await eventually(
        () => prometheus.query('up == 1'),
        (samples) => samples.length === 1,
        60_000,
      );
      expect(up[0]!.metric).toMatchObject({
        service: 'web',
        namespace,
        env: 'default',
        job: 'blog-default-web',
      });
    } finally {
      await prometheus.stop();
    }
  }, 90_000);

  it('narrows to a pod, a container or a service', async () => {
    const { stdout } = await cliOk(scrapeConfig('--explain', 'proxy'), options());
    expect(stdout).toMatch(
      /^job blog-default-web: 1 of 1 pods become targets\n {2}✓ web-\S+ .*\n {6}from container proxy, no port\n/,
    );
    expect(stdout).not.toContain('store-0');
    const pod = await cliOk(scrapeConfig('--explain', 'store-0'), options());
    expect(pod.stdout).toMatch(/^job blog-default-store: 0 of 1 pods become targets\n/);
    expect(pod.stdout).not.toContain('blog-default-web');
  });

  it('gives targets, monitors and access', async () => {
    const targets = JSON.parse((await cliOk(scrapeConfig('--format', 'file-sd'), options())).stdout);
    expect(targets).toEqual([
      {
        targets: [expect.stringMatching(/:8080$/)],
        labels: expect.objectContaining({ service: 'web', namespace }),
      },
    ]);
    const documents = (text: string) => parseAllDocuments(text).map((one) => one.toJS());
    const monitors = documents((await cliOk(scrapeConfig('--format', 'podmonitor'), options())).stdout);
    expect(monitors.map(({ metadata }) => metadata)).toEqual([
      { name: 'blog-default-store', namespace },
      { name: 'blog-default-web', namespace },
    ]);
    const access = await cliOk(scrapeConfig('--rbac', '--service-account', 'obs/prom'), options());
    const [role, binding] = documents(access.stdout);
    expect(role).toMatchObject({ kind: 'Role', metadata: { namespace } });
    expect(binding.subjects).toEqual([{ kind: 'ServiceAccount', name: 'prom', namespace: 'obs' }]);
  });

  it('does not lead Prometheus to the cluster of another context', async () => {
    const kubeconfig = parse(await readFile(lab.kubeconfig!, 'utf8'));
    await writeFile(join(folder, 'other'), stringify({ ...kubeconfig, 'current-context': 'elsewhere' }));
    const { code, stdout, stderr } = await cli(scrapeConfig('--kubeconfig', 'other'), options());
    expect(stderr).toMatch(
      /another cluster[\s\S]*"elsewhere", not "\w+"[\s\S]*kubectl --kubeconfig other config view/,
    );
    expect(stdout).toBe('');
    expect(code).toBe(4);
    // A file of the machine that Prometheus runs on cannot be looked into here.
    expect((await cliOk(scrapeConfig('--kubeconfig', '/nowhere/prom'), options())).stdout).toMatch(
      /kubeconfig_file: \/nowhere\/prom\n/,
    );
  });
});

const manifests = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {run: web}, matchExpressions: [{key: tier, operator: In, values: [front, back]}]}
  template:
    metadata:
      labels: {run: web, tier: front}
      annotations: {prometheus.io/scrape: "true", prometheus.io/port: "8080"}
    spec: &pod
      terminationGracePeriodSeconds: 0
      automountServiceAccountToken: false
      securityContext: {runAsNonRoot: true, runAsUser: 65532, seccompProfile: {type: RuntimeDefault}}
      containers:
        - &web
          name: web
          image: node:24-slim
          command:
            - node
            - -e
            - |
              const answer = (_, response) => response.setHeader('content-type', 'text/plain; version=0.0.4').end('web_up 1\\n');
              require('http').createServer(answer).listen(8080);
          ports: [{containerPort: 8080}]
          resources: {requests: {cpu: 5m, memory: 16Mi}}
          securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}
        - {<<: *web, name: proxy, command: [sleep, "3600"], ports: []}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: store}
spec:
  serviceName: store
  selector: {matchLabels: {run: store}}
  template:
    metadata: {labels: {run: store}}
    spec:
      terminationGracePeriodSeconds: 0
      automountServiceAccountToken: false
      securityContext: {runAsNonRoot: true, runAsUser: 65532, seccompProfile: {type: RuntimeDefault}}
      containers:
        - name: store
          image: node:24-slim
          command: [sleep, "3600"]
          ports: [{containerPort: 6379}]
          resources: {requests: {cpu: 5m, memory: 16Mi}}
          securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}
`;
