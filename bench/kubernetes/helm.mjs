import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Helm, where it is on the PATH, with the manifests as a chart; undefined elsewhere. `time` runs a command and returns seconds. */
export function createHelm(manifests, folder, time) {
  try {
    execFileSync('helm', ['version'], { stdio: 'ignore' });
  } catch {
    return undefined;
  }
  const chart = join(folder, 'chart');
  mkdirSync(chart);
  cpSync(manifests, join(chart, 'templates'), { recursive: true });
  writeFileSync(join(chart, 'Chart.yaml'), 'apiVersion: v2\nname: bench\nversion: 1.0.0\n');
  return {
    upgrade: (kubeconfig, namespace) =>
      time(
        'helm',
        ['upgrade', '--install', 'bench', chart, '-n', namespace, '--kubeconfig', kubeconfig],
        [0],
      ),
  };
}
