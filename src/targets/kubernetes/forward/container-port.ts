import { ExpectedError } from '../../../core/errors.ts';
import type { Pod } from '../../../status/pod.ts';
import type { Ports } from '../../../workspace/model.ts';

/**
 * The number of a service's port, as its own container declares it by name. Manifests of other origin: `http` is the first port that is
 * not for metrics, `admin` the one that Prometheus is told of. Throws E_NO_PORT (4).
 */
export function containerPort(pod: Pod, service: string, wanted: keyof Ports): number {
  const containers = pod.spec?.containers ?? [];
  const own = containers.find(({ name }) => name === service) ?? containers[0];
  const ports = (own?.ports ?? []).filter(({ protocol }) => !protocol || protocol === 'TCP');
  const named = ports.find(({ name }) => name === wanted)?.containerPort;
  const scraped = Number(pod.metadata.annotations?.['prometheus.io/port']) || undefined;
  const other =
    wanted === 'admin'
      ? (scraped ?? ports.find(({ name }) => name === 'metrics')?.containerPort)
      : ports.find(
          ({ name, containerPort: port }) => !/^(admin|metrics)$/.test(name ?? '') && port !== scraped,
        )?.containerPort;
  const found = named ?? other;
  if (found !== undefined) return found;
  const declared = ports.map(({ name, containerPort: port }) => (name ? `${name} ${port}` : port)).join(', ');
  throw new ExpectedError({
    code: 'E_NO_PORT',
    exit: 'notFound',
    message: `${service} has no ${wanted} port`,
    where: `Pod/${pod.metadata.name}, container ${own?.name ?? service}`,
    why: declared ? `it declares ${declared}` : 'it declares no ports',
    hints: [`name one of its ports ${wanted} in the manifest`],
  });
}
