import { ExpectedError } from '../../../core/errors.ts';
import type { Cluster } from '../cluster.ts';
import type { Lease } from './leases.ts';

export function locked({ spec, metadata }: Lease): ExpectedError {
  return new ExpectedError({
    code: 'E_LOCKED',
    exit: 'locked',
    message: 'another run is deploying the same app to the same environment',
    where: `Lease/${metadata.name} in namespace ${metadata.namespace}`,
    why: `held by ${spec.holderIdentity ?? 'someone'} since ${spec.acquireTime?.replace(/\.\d+Z$/, 'Z') ?? 'some time'}`,
    hints: [
      'repeat the command when that one has ended',
      'cloudnative unlock        with the same -e or --manifests, shows who holds it and takes it away',
    ],
  });
}

export function lockLost({ scope }: Pick<Cluster, 'scope'>): ExpectedError {
  return new ExpectedError({
    code: 'E_LOCKED',
    exit: 'locked',
    message: `this run has lost the lock of ${scope.app} in ${scope.environment}`,
    why: 'somebody took it away, or another run took it over since this one gave no sign of life in time',
    hints: ['repeat the command: it continues from here'],
  });
}
