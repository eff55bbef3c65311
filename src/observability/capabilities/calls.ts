import { httpCalls } from '../metrics.ts';
import { ratio, series } from '../promql.ts';
import type { Capability } from './capability.ts';

/** Requests to other services. No alert: who fails has its own, and what the caller makes of it shows in its answers. */
export const calls: Capability = {
  appliesTo: (service) => service.calls.length > 0,
  metrics: Object.values(httpCalls),
  panels: (_, at) => {
    const made = (part: 'count' | 'bucket', status?: string) =>
      `rate(${series(httpCalls.calls, at, {
        part,
        over: '$__rate_interval',
        ...(status && { where: { http_response_status_code: status } }),
      })})`;
    const byPeer = (expression: string) => `sum by (server_address) (${expression})`;
    return [
      {
        row: 'Calls',
        kind: 'timeseries',
        title: 'Calls by service',
        description: 'Requests per second to other services.',
        unit: 'reqps',
        width: 8,
        queries: [{ expr: byPeer(made('count')), legend: '{{server_address}}' }],
      },
      {
        row: 'Calls',
        kind: 'timeseries',
        title: 'Failed calls by service',
        description: 'The part of calls that had no answer, or one of 500 and more.',
        unit: 'percentunit',
        width: 8,
        queries: [
          {
            expr: ratio(byPeer(made('count', '5..|error')), byPeer(made('count'))),
            legend: '{{server_address}}',
          },
        ],
      },
      {
        row: 'Calls',
        kind: 'timeseries',
        title: 'Latency of calls, p99',
        description: 'The time that all but 1% of calls stay under.',
        unit: 's',
        width: 8,
        queries: [
          {
            expr: `histogram_quantile(0.99, sum by (server_address, le) (${made('bucket')}))`,
            legend: '{{server_address}}',
          },
        ],
      },
    ];
  },
};
