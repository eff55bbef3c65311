import { buildInfo, processes, up } from '../metrics.ts';
import type { Capability } from './capability.ts';
import { runningAlerts } from './running-alerts.ts';
import { runningPanels } from './running-panels.ts';
import { healthyProcess } from './running-story.ts';

/** Is there, as a process of some version. */
export const running: Capability = {
  appliesTo: () => true,
  metrics: [up, buildInfo, ...Object.values(processes)],
  alerts: runningAlerts,
  healthy: healthyProcess,
  panels: runningPanels,
};
