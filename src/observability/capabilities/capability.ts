import type { Language, TargetKind } from '../../workspace/model.ts';
import type { Metric } from '../metrics.ts';
import type { Target } from '../objectives.ts';
import type { Place } from '../promql.ts';

/** A service as monitoring sees it. */
export interface Monitored {
  app: string;
  service: string;
  language?: Language;
  /** Names of the services that it calls. */
  calls: readonly string[];
  target: Target;
}

/** A service in one environment, which is what rules are about. */
export interface Deployed extends Monitored {
  environment: string;
  namespace: string;
  /** Bytes that an instance may use; undefined where nothing limits it. */
  memoryLimit?: number;
  place: TargetKind;
}

/** What a service can do, with all that is watched of it. Adding one is adding a file and a line in `all.ts`. */
export interface Capability {
  appliesTo: (service: Monitored) => boolean;
  metrics: readonly Metric[];
  recordings?: (at: Place) => Recording[];
  alerts?: (service: Deployed, at: Place) => Alert[];
  /** What an instance of a healthy service exports, for rule tests. */
  healthy?: (service: Deployed) => Simulated[];
  panels: (service: Monitored, at: Place) => Panel[];
}

export interface Recording {
  record: string;
  expr: string;
}

export interface Alert {
  alert: string;
  expr: string;
  /** At once without it. */
  for?: string;
  severity: 'critical' | 'warning';
  /** Templates of Prometheus. */
  summary: string;
  description: string;
  /** For the runbook, in Markdown. */
  runbook: { meaning: string; steps: readonly string[] };
  proof: Proof;
}

/** A series of a rule test, in samples a minute apart. */
export interface Simulated {
  name: string;
  labels?: Readonly<Record<string, string>>;
  kind: 'counter' | 'gauge';
  /** A gauge's value, or what a counter grows by in a minute; null while there is no such series. */
  value: number | null;
}

/** A story in which the alert fires and resolves. */
export interface Proof {
  /** Minutes before, during and after the trouble. */
  minutes: readonly [number, number, number];
  /** What is different during the trouble, of what `healthy` lists. */
  trouble: readonly Simulated[];
  /** Other alerts that fire too. */
  also?: readonly string[];
}

export const rows = ['Objectives', 'Requests', 'Latency', 'Calls', 'Saturation', 'Releases'] as const;

export interface Panel {
  row: (typeof rows)[number];
  kind: 'stat' | 'timeseries' | 'heatmap' | 'table';
  title: string;
  description: string;
  /** As Grafana names it: `s`, `reqps`, `percentunit`. */
  unit: string;
  /** Of 24. */
  width: number;
  queries: readonly { expr: string; legend?: string }[];
  /** Above it (or below, for what should be high) the value is bad. */
  limit?: { value: number; bad: 'above' | 'below' };
}
