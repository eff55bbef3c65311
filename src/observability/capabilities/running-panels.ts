import { buildInfo, processes, up } from '../metrics.ts';
import { type Place, series } from '../promql.ts';
import type { Monitored, Panel } from './capability.ts';

/** What it uses, and which versions of it there are. */
export function runningPanels(_: Monitored, at: Place): Panel[] {
  return [
    {
      row: 'Objectives',
      kind: 'stat',
      title: 'Instances that answer',
      description: 'Of those that Prometheus knows of.',
      unit: 'short',
      width: 6,
      queries: [{ expr: `sum(${series(up, at)})` }],
      limit: { value: 1, bad: 'below' },
    },
    {
      row: 'Saturation',
      kind: 'timeseries',
      title: 'CPU',
      description: 'Cores in use.',
      unit: 'short',
      width: 8,
      queries: [
        { expr: `rate(${series(processes.cpu, at, { over: '$__rate_interval' })})`, legend: '{{pod}}' },
      ],
    },
    {
      row: 'Saturation',
      kind: 'timeseries',
      title: 'Memory',
      description: 'What the process holds in main memory.',
      unit: 'bytes',
      width: 8,
      queries: [{ expr: series(processes.memory, at), legend: '{{pod}}' }],
    },
    {
      row: 'Saturation',
      kind: 'timeseries',
      title: 'Open files',
      description: 'Files and connections, as a part of what the process may open.',
      unit: 'percentunit',
      width: 8,
      queries: [
        {
          expr: `${series(processes.openFiles, at)} / ${series(processes.maxFiles, at)}`,
          legend: '{{pod}}',
        },
      ],
    },
    {
      row: 'Releases',
      kind: 'timeseries',
      title: 'Instances by version',
      description: 'A rollout shows as one line taking over from another.',
      unit: 'short',
      width: 8,
      queries: [
        {
          expr: `count by (version, revision) (${series(buildInfo, at)})`,
          legend: '{{version}} {{revision}}',
        },
      ],
    },
    {
      row: 'Releases',
      kind: 'timeseries',
      title: 'Restarts',
      description: 'How often a process was started anew in the hour before.',
      unit: 'short',
      width: 8,
      queries: [{ expr: `changes(${series(processes.start, at, { over: '1h' })})`, legend: '{{pod}}' }],
    },
    {
      row: 'Releases',
      kind: 'table',
      title: 'What runs now',
      description: 'Each instance with its version and runtime.',
      unit: 'short',
      width: 8,
      queries: [{ expr: `max by (pod, version, revision, runtime) (${series(buildInfo, at)})` }],
    },
  ];
}
