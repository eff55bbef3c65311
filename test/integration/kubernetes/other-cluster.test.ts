import { readFileSync, writeFileSync } from 'node:fs';
import { afterEach, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { labSuite } from '../../support/lab.ts';
import { type App, openApp, openTarget } from './support/app.ts';
import { faultProxy } from './support/fault-proxy.ts';
import { plainCluster, writeKubeconfig } from './support/kubeconfig.ts';
import { kubectl } from './support/kubectl.ts';
import { deploy, thrownBy } from './support/releases.ts';

const image =
  'nowhere.invalid/orders@sha256:0000000000000000000000000000000000000000000000000000000000000000';

labSuite('kubernetes target', ['kubeconfig', 'kubectl'], () => {
  let app: App;
  afterEach(() => app.close());

  test('a deploy ends when its context points to another server in the middle of it', async () => {
    app = await openApp();
    const map = (name: string) => `{apiVersion: v1, kind: ConfigMap, metadata: {name: ${name}}}\n`;
    const orders = await app.service('orders', {
      image,
      files: { 'a.yaml': ['a', 'b', 'c'].map(map).join('---\n') },
    });
    let kubeconfig = '';
    let refusals = 0;
    const other = await faultProxy();
    const proxy = await faultProxy((_, line) => {
      const isWrite = /^PATCH \S+\/configmaps\/[abc]\?/.test(line) && !line.includes('dryRun');
      if (!isWrite) return undefined;
      refusals++;
      const config = parse(readFileSync(kubeconfig, 'utf8'));
      Object.assign(config.clusters[0].cluster, plainCluster(other.url));
      writeFileSync(kubeconfig, stringify(config));
      return { status: 401 };
    });
    kubeconfig = await writeKubeconfig(app.folder, { cluster: plainCluster(proxy.url) });
    const target = openTarget(app.namespace, { kubeconfig });
    try {
      expect(await thrownBy(deploy(target, [orders]))).toMatchObject({
        code: 'E_OTHER_CLUSTER',
        exit: 'conflict',
        why: `it was ${proxy.url}/, and is ${other.url}/ now`,
      });
      await target.close();
      expect(refusals).toBeGreaterThan(0);
      expect(other.seen).toEqual([]);
      const made = await kubectl(['get', 'configmap', '-n', app.namespace, '-o', 'name']);
      expect(made).not.toMatch(/configmap\/[abc]\n/);
    } finally {
      await proxy.close();
      await other.close();
    }
  });
});
