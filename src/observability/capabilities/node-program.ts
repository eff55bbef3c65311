import { nodeRuntime } from '../metrics.ts';
import { series } from '../promql.ts';
import type { Capability } from './capability.ts';

export const nodeProgram: Capability = {
  appliesTo: ({ language }) => language === 'ts',
  metrics: Object.values(nodeRuntime),
  panels: (_, at) => [
    {
      row: 'Saturation',
      kind: 'timeseries',
      title: 'Event loop lag, p99',
      description: 'How long work that is ready waits for its turn. Every request waits as long.',
      unit: 's',
      width: 8,
      queries: [{ expr: series(nodeRuntime.lag, at), legend: '{{pod}}' }],
    },
    {
      row: 'Saturation',
      kind: 'timeseries',
      title: 'Garbage collection',
      description: 'Time per second that the program was stopped for it, by kind of collection.',
      unit: 'percentunit',
      width: 8,
      queries: [
        {
          expr: `sum by (pod, kind) (rate(${series(nodeRuntime.collections, at, { part: 'sum', over: '$__rate_interval' })}))`,
          legend: '{{pod}} {{kind}}',
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
      queries: [{ expr: series(nodeRuntime.heap, at), legend: '{{pod}}' }],
    },
  ],
};
