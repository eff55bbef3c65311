import type { Supply } from '../../actions/desired.ts';
import type { ReadFolder } from '../../core/kubernetes-object.ts';
import type { Holdings } from '../../observability/discover.ts';
import type { ScrapeSource } from '../../observability/scrape-config.ts';
import type { Target } from '../../targets/target.ts';

/** What one kind of place is made of. The implementations are loaded by these functions, when asked for. */
export interface Adapter {
  target: () => Promise<Target>;
  supply: () => Promise<Supply>;
  /** Where the place takes manifests: reads each folder once. */
  readFolder?: () => Promise<ReadFolder>;
  scrapeSource: () => Promise<ScrapeSource>;
  /** What a Prometheus would look through there now; reads only. */
  holdings: (source: ScrapeSource) => Promise<Holdings>;
}
