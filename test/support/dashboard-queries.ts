export interface DashboardQuery {
  title: string;
  /** With values in the place of variables, as Grafana sends it. */
  expr: string;
}

interface DashboardParts {
  annotations: { list: { name: string; expr: string }[] };
  panels: { title: string; targets?: { expr: string }[] }[];
  templating: { list: { name: string; type: string; query: unknown; definition?: string }[] };
}

/** Every query of a dashboard that Grafana would send, of panels, annotations and variables. */
export function queriesOf(dashboard: object): DashboardQuery[] {
  const { annotations, panels, templating } = dashboard as DashboardParts;
  const asked = [
    ...annotations.list.map(({ name, expr }) => ({ title: name, expr })),
    ...panels.flatMap(({ title, targets = [] }) => targets.map(({ expr }) => ({ title, expr }))),
    ...templating.list.flatMap(({ name, definition }) => {
      const [, expr] = /^label_values\((.*), \w+\)$/.exec(definition ?? '') ?? [];
      return expr ? [{ title: `variable ${name}`, expr }] : [];
    }),
  ];
  const service = templating.list.find(({ name }) => name === 'service')?.query;
  const values: Record<string, string> = {
    $__rate_interval: '1m',
    $__range: '1m',
    $namespace: 'shop',
    $service: String(service),
    $env: 'local',
  };
  return asked.map(({ title, expr }) => ({
    title,
    expr: expr.replace(/\$\w+/g, (name) => values[name] ?? name),
  }));
}
