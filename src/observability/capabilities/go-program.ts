import { goRuntime } from '../metrics.ts';
import { series } from '../promql.ts';
import type { Capability } from './capability.ts';

export const goProgram: Capability = {
  appliesTo: ({ language }) => language === 'go',
  metrics: Object.values(goRuntime),
  panels: (_, at) => [
    {
      row: 'Saturation',
      kind: 'timeseries',
      title: 'Goroutines',
      description: 'A number that only grows is a leak.',
      unit: 'short',
      width: 8,
      queries: [{ expr: series(goRuntime.goroutines, at), legend: '{{pod}}' }],
    },
    {
      row: 'Saturation',
      kind: 'timeseries',
      title: 'Garbage collection',
      description: 'Time per second that the program was stopped for it.',
      unit: 'percentunit',
      width: 8,
      queries: [
        {
          expr: `rate(${series(goRuntime.collections, at, { part: 'sum', over: '$__rate_interval' })})`,
          legend: '{{pod}}',
        },
      ],
    },
    {
      row: 'Saturation',
      kind: 'timeseries',
      title: 'Heap',
      description: 'What the program holds, and what the next collection may free.',
      unit: 'bytes',
      width: 8,
      queries: [{ expr: series(goRuntime.heap, at), legend: '{{pod}}' }],
    },
  ],
};
