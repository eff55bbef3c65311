import { afterAll, beforeAll, describe } from 'vitest';
import type { Language } from '../support/render-service.ts';
import { aloneTests } from './alone.ts';
import { callTests } from './calls.ts';
import { configurationTests } from './configuration.ts';
import { drainTests } from './drain.ts';
import { type Built, buildService, removeService } from './harness/build.ts';
import { identityTests } from './identity.ts';
import { itemTests } from './items.ts';
import { logTests } from './logs.ts';
import { metricsTests } from './metrics.ts';
import { monitoringTests } from './monitoring.ts';
import { probeTests } from './probes.ts';
import { problemTests } from './problems.ts';
import { shutdownTests } from './shutdown.ts';

/** Every promise of a generated service, whatever its language: generated, built and run. */
export function contractTests(language: Language): void {
  describe(`a ${language} service`, () => {
    const built = builtService(language, ['catalog', 'stock-room']);
    itemTests(built);
    problemTests(built);
    identityTests(built);
    probeTests(built);
    metricsTests(built);
    monitoringTests(built, ['catalog', 'stock-room']);
    logTests(built);
    callTests(built);
    configurationTests(built);
    drainTests(built);
    shutdownTests(built);
  });

  describe(`a ${language} service that calls nobody`, () => {
    aloneTests(builtService(language, []));
  });
}

function builtService(language: Language, calls: string[]): () => Built {
  let built: Built | undefined;
  beforeAll(async () => {
    built = await buildService(language, calls);
  }, 300_000);
  afterAll(async () => {
    if (built) await removeService(built);
  });
  return () => {
    if (!built) throw new Error('the service is not built yet');
    return built;
  };
}
