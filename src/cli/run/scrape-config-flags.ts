import { ExpectedError } from '../../core/errors.ts';
import type { ServiceAccount } from '../../observability/discovery-access.ts';
import type { Environment } from '../../workspace/model.ts';
import type { ScrapeConfigFlags } from '../commands/scrape-config.ts';

/** Throws E_USAGE (2) for flags that say nothing together, or nothing about this kind of place. */
export function checkScrapeFlags(flags: ScrapeConfigFlags, { name, target }: Environment): void {
  const { format, fragment, check, explain, rbac, kubeconfig, serviceAccount } = flags;
  const other = format === 'prometheus' ? undefined : `--format ${format}`;
  const prints = [explain && '--explain', rbac && '--rbac', other].filter(Boolean);
  if (prints.length > 1)
    throw usage(`${prints.join(' and ')} exclude each other`, 'each prints something of its own');
  if (fragment && prints.length > 0)
    throw usage(
      `--fragment and ${prints[0]} exclude each other`,
      'a fragment is of the configuration of Prometheus',
    );
  if (check && prints.length > 0)
    throw usage(
      `--check and ${prints[0]} exclude each other`,
      'promtool checks the configuration of Prometheus',
    );
  if (serviceAccount !== undefined && !rbac) throw usage('--service-account goes with --rbac');
  if (kubeconfig !== undefined && (rbac || format === 'podmonitor'))
    throw usage(`--kubeconfig says nothing with ${prints[0]}`, 'that is for a Prometheus inside the cluster');
  if (target === 'kubernetes') return;
  const ofCluster = [kubeconfig && '--kubeconfig', rbac && '--rbac', format === 'podmonitor' && other];
  const alien = ofCluster.find(Boolean);
  if (alien) throw usage(`${alien} is for Kubernetes; ${name} is on ${target}`);
}

/** Throws E_USAGE (2) unless the text is `<namespace>/<name>`. */
export function serviceAccountOf(text = 'monitoring/prometheus'): ServiceAccount {
  const [, namespace, name] =
    /^([a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?)\/([a-z0-9](?:[-.a-z0-9]{0,251}[a-z0-9])?)$/.exec(text) ?? [];
  if (namespace && name) return { namespace, name };
  throw usage(
    `${JSON.stringify(text)} cannot be the value of --service-account`,
    'a namespace, a slash and a name are needed, e.g. monitoring/prometheus',
  );
}

function usage(message: string, why?: string): ExpectedError {
  return new ExpectedError({
    code: 'E_USAGE',
    exit: 'usage',
    message,
    why,
    hints: ['cloudnative scrape-config --help'],
  });
}
