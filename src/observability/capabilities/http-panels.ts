import { http } from '../metrics.ts';
import { budgetDays, latencyText, percent } from '../objectives.ts';
import { type Place, series, sumBy } from '../promql.ts';
import type { Monitored, Panel } from './capability.ts';
import { failedPart, quantile, requests } from './http-queries.ts';

/** Rate, errors and duration, against the objectives. */
export function httpPanels({ target }: Monitored, at: Place): Panel[] {
  const { availability, budget, latency } = target;
  const now = '$__rate_interval';
  const p = `p${latency.percentile}`;
  return [
    {
      row: 'Objectives',
      kind: 'stat',
      title: 'Error budget left',
      description: `Of what ${availability}% allows in the time shown: 100% is untouched, below 0 the objective is missed. Choose ${budgetDays} days to see the budget that alerts are about.`,
      unit: 'percentunit',
      width: 6,
      queries: [{ expr: `1 - ${failedPart(at, '$__range')} / ${budget}` }],
      limit: { value: 0, bad: 'below' },
    },
    {
      row: 'Objectives',
      kind: 'stat',
      title: 'Failed requests',
      description: `The objective of ${availability}% allows ${percent(budget)}.`,
      unit: 'percentunit',
      width: 6,
      queries: [{ expr: failedPart(at, now) }],
      limit: { value: budget, bad: 'above' },
    },
    {
      row: 'Objectives',
      kind: 'stat',
      title: `Latency, ${p}`,
      description: `The objective is ${latencyText(latency)}.`,
      unit: 's',
      width: 6,
      queries: [{ expr: quantile(latency.percentile, at, now) }],
      limit: { value: latency.seconds, bad: 'above' },
    },
    {
      row: 'Requests',
      kind: 'timeseries',
      title: 'Requests by route',
      description: 'Requests per second.',
      unit: 'reqps',
      width: 8,
      queries: [
        { expr: sumBy(requests(at, now), ['http_request_method', 'http_route']), legend: methodAndRoute },
      ],
    },
    {
      row: 'Requests',
      kind: 'timeseries',
      title: 'Requests by status',
      description: 'Answers per second.',
      unit: 'reqps',
      width: 8,
      queries: [
        {
          expr: sumBy(requests(at, now), ['http_response_status_code']),
          legend: '{{http_response_status_code}}',
        },
      ],
    },
    {
      row: 'Requests',
      kind: 'timeseries',
      title: 'Failed part of requests',
      description: `Answers of 500 and more. The line is what ${availability}% allows.`,
      unit: 'percentunit',
      width: 8,
      queries: [{ expr: failedPart(at, now), legend: 'failed' }],
      limit: { value: budget, bad: 'above' },
    },
    {
      row: 'Latency',
      kind: 'timeseries',
      title: 'Latency',
      description: `The time that so many percent of requests stay under. The line is the objective, ${latencyText(latency)}.`,
      unit: 's',
      width: 8,
      queries: [50, 95, 99].map((percentile) => ({
        expr: quantile(percentile, at, now),
        legend: `p${percentile}`,
      })),
      limit: { value: latency.seconds, bad: 'above' },
    },
    {
      row: 'Latency',
      kind: 'timeseries',
      title: `Latency by route, ${p}`,
      description: 'Which route is the slow one.',
      unit: 's',
      width: 8,
      queries: [{ expr: quantile(latency.percentile, at, now, ['http_route']), legend: '{{http_route}}' }],
    },
    {
      row: 'Latency',
      kind: 'heatmap',
      title: 'Latency of all requests',
      description: 'How many requests took how long.',
      unit: 's',
      width: 8,
      queries: [
        {
          expr: `sum by (le) (increase(${series(http.requests, at, { part: 'bucket', over: now })}))`,
          legend: '{{le}}',
        },
      ],
    },
    {
      row: 'Saturation',
      kind: 'timeseries',
      title: 'Requests in flight',
      description:
        'Being answered right now. A number that grows at the same rate of requests means that something waits.',
      unit: 'short',
      width: 8,
      queries: [{ expr: `sum by (pod) (${series(http.active, at)})`, legend: '{{pod}}' }],
    },
  ];
}

const methodAndRoute = '{{http_request_method}} {{http_route}}';
