import { pythonRuntime } from '../metrics.ts';
import { series } from '../promql.ts';
import type { Capability } from './capability.ts';

export const pythonProgram: Capability = {
  appliesTo: ({ language }) => language === 'python',
  metrics: Object.values(pythonRuntime),
  panels: (_, at) => [
    {
      row: 'Saturation',
      kind: 'timeseries',
      title: 'Event loop lag',
      description:
        'How long work that was ready at the scrape waited for its turn. Every request waits as long.',
      unit: 's',
      width: 8,
      queries: [{ expr: series(pythonRuntime.lag, at), legend: '{{pod}}' }],
    },
    {
      row: 'Saturation',
      kind: 'timeseries',
      title: 'Garbage collection',
      description: 'Collections per second, by generation. Those of generation 2 look at every object.',
      unit: 'cps',
      width: 8,
      queries: [
        {
          expr: `rate(${series(pythonRuntime.collections, at, { over: '$__rate_interval' })})`,
          legend: '{{pod}} {{generation}}',
        },
      ],
    },
    {
      row: 'Saturation',
      kind: 'timeseries',
      title: 'Tasks',
      description: 'Tasks of the event loop that have not ended. A number that only grows is a leak.',
      unit: 'short',
      width: 8,
      queries: [{ expr: series(pythonRuntime.tasks, at), legend: '{{pod}}' }],
    },
  ],
};
