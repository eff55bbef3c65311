import type { Panel } from '../capabilities/capability.ts';
import type { Placed } from './arrange.ts';
import { datasource } from './variables.ts';

/** A panel as the classic schema of Grafana 11 to 13 has it. */
export function panelJson({ id, gridPos, content }: Placed): object {
  if ('heading' in content)
    return { id, type: 'row', title: content.heading, collapsed: false, gridPos, panels: [] };
  const { kind, title, description, unit, queries } = content;
  return {
    id,
    type: kind,
    title,
    description,
    gridPos,
    datasource,
    fieldConfig: {
      defaults: { unit, ...(unit === 'percentunit' && { decimals: 2 }), ...colours(content) },
      overrides: [],
    },
    options: options[kind](unit),
    targets: queries.map(({ expr, legend }, index) => ({
      refId: String.fromCharCode(65 + index),
      datasource,
      editorMode: 'code',
      expr,
      ...(legend && { legendFormat: legend }),
      ...modes[kind],
    })),
    ...(kind === 'table' && { transformations: columnsOnly }),
  };
}

/** Once for the whole time shown, or as a line; a heatmap takes buckets as they are. */
const modes: Record<Panel['kind'], object> = {
  stat: { range: false, instant: true },
  timeseries: { range: true, instant: false },
  heatmap: { range: true, instant: false, format: 'heatmap' },
  table: { range: false, instant: true, format: 'table' },
};

const options: Record<Panel['kind'], (unit: string) => object> = {
  stat: () => ({
    colorMode: 'value',
    graphMode: 'none',
    justifyMode: 'auto',
    orientation: 'auto',
    reduceOptions: { calcs: ['lastNotNull'], fields: '', values: false },
    textMode: 'auto',
  }),
  timeseries: () => ({
    legend: { calcs: ['lastNotNull', 'max'], displayMode: 'table', placement: 'bottom', showLegend: true },
    tooltip: { mode: 'multi', sort: 'desc' },
  }),
  heatmap: (unit) => ({
    calculate: false,
    cellGap: 1,
    color: {
      mode: 'scheme',
      scheme: 'Oranges',
      exponent: 0.5,
      steps: 64,
      reverse: false,
      fill: 'dark-orange',
    },
    filterValues: { le: 1e-9 },
    legend: { show: true },
    rowsFrame: { layout: 'auto' },
    tooltip: { mode: 'single', yHistogram: false },
    yAxis: { axisPlacement: 'left', reverse: false, unit },
  }),
  table: () => ({ cellHeight: 'sm', showHeader: true }),
};

/** Without what every row of an instant query has: its time, and the value 1. */
const columnsOnly = [
  {
    id: 'organize',
    options: { excludeByName: { Time: true, Value: true }, indexByName: {}, renameByName: {} },
  },
];

/** A line at the limit, or a number that is red beyond it. */
function colours({ kind, limit }: Panel): object {
  if (!limit) return {};
  const [below, above] = limit.bad === 'above' ? ['green', 'red'] : ['red', 'green'];
  return {
    color: { mode: kind === 'stat' ? 'thresholds' : 'palette-classic' },
    thresholds: {
      mode: 'absolute',
      steps: [
        { color: below, value: null },
        { color: above, value: limit.value },
      ],
    },
    ...(kind === 'timeseries' && { custom: { thresholdsStyle: { mode: 'line' } } }),
  };
}
