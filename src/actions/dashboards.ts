import { dashboard } from '../observability/dashboards/dashboard.ts';
import type { GeneratedFile } from '../system/write-generated.ts';
import type { Service, Workspace } from '../workspace/model.ts';
import { monitored, namespaceOf } from './monitored.ts';

/** A Grafana dashboard of each service, which shows it in all environments of the workspace. */
export function dashboardFiles(services: readonly Service[], workspace: Workspace): GeneratedFile[] {
  const places = Object.values(workspace.environments).map((environment) => ({
    environment: environment.name,
    namespace: namespaceOf(workspace, environment),
  }));
  return services.map((service) => ({
    path: `${service.name}.json`,
    text: `${JSON.stringify(dashboard(monitored(service, workspace), places), null, 2)}\n`,
  }));
}
