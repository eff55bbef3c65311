import { http } from '../metrics.ts';
import { sumBy } from '../promql.ts';
import type { Capability } from './capability.ts';
import { httpAlerts } from './http-alerts.ts';
import { httpPanels } from './http-panels.ts';
import { failedPart, quantile, requests } from './http-queries.ts';
import { healthyRequests } from './http-story.ts';

/** Answers HTTP requests. */
export const httpServer: Capability = {
  appliesTo: () => true,
  metrics: Object.values(http),
  recordings: (at) => [
    { record: 'service:http_requests:rate5m', expr: sumBy(requests(at, '5m')) },
    ...['5m', '30m', '1h', '6h'].map((over) => ({
      record: `service:http_errors:ratio_rate${over}`,
      expr: failedPart(at, over),
    })),
    ...[50, 95, 99].map((percentile) => ({
      record: `service:http_latency_seconds:p${percentile}_5m`,
      expr: quantile(percentile, at, '5m'),
    })),
  ],
  alerts: httpAlerts,
  healthy: healthyRequests,
  panels: httpPanels,
};
