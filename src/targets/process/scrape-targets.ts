import { viewServices } from './service-view.ts';
import { statePaths } from './state-files.ts';

export interface ProcessScrapeTarget {
  service: string;
  host: string;
  adminPort: number;
  httpPort: number;
}

/** Where the services of one environment serve metrics; also those that are down now. Sorted by service. */
export async function processScrapeTargets(stateDir: string): Promise<ProcessScrapeTarget[]> {
  return viewServices(statePaths(stateDir)).flatMap(({ service, spec }) =>
    spec ? [{ service, host: '127.0.0.1', adminPort: spec.ports.admin, httpPort: spec.ports.http }] : [],
  );
}
