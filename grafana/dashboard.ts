import {
  BigValueColorMode,
  BigValueGraphMode,
  GraphDrawStyle,
  GraphGradientMode,
  LegendDisplayMode,
  LegendPlacement,
  ReduceDataOptionsBuilder,
  ScaleDistribution,
  ScaleDistributionConfigBuilder,
  SortOrder,
  StackingConfigBuilder,
  StackingMode,
  TooltipDisplayMode,
  VisibilityMode,
  VizLegendOptionsBuilder,
  VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import {
  AnnotationQueryBuilder,
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  RowBuilder,
  TextBoxVariableBuilder,
  ThresholdsConfigBuilder,
  ThresholdsMode,
  VariableRefresh,
  VariableSort,
  type Dashboard,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder as HeatmapBuilder, YAxisConfigBuilder } from '@grafana/grafana-foundation-sdk/heatmap';
import { DataqueryBuilder, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as TimeseriesBuilder } from '@grafana/grafana-foundation-sdk/timeseries';
import { of } from './queries.ts';

/** A dashboard, as its file declares it. */
export interface DashboardDescription {
  /** Name of the file in `generated/`. */
  readonly file: string;
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly rows: readonly Row[];
}

/** A row of panels. */
export interface Row {
  readonly title: string;
  readonly panels: readonly Panel[];
}

export interface Panel {
  readonly title: string;
  /** Which question it answers. */
  readonly question: string;
  /** What is seen, and what it means when it looks wrong. */
  readonly description: string;
  /**
   * `lines` by default; `stacked` where the parts add up to something; `heatmap` over the buckets of a histogram; `status` for the last
   * value alone, coloured by `thresholds`.
   */
  readonly shape?: 'lines' | 'stacked' | 'heatmap' | 'status';
  /** Of a status: a colour, and from which value on another one holds. */
  readonly thresholds?: readonly [string, ...(readonly [number, string])[]];
  /** The alert whose section of the runbook says what to do. */
  readonly runbook?: string;
  /** Grafana's name of the unit. */
  readonly unit: string;
  /** For values that spread over decades. */
  readonly logarithmic?: boolean;
  /** Columns of the 24 of the grid. From twelve on there is room for a table of the series beside them; below that their names stand underneath. */
  readonly width: number;
  /** What stands in its place while there is no series. */
  readonly none?: string;
  readonly queries: readonly Query[];
}

export interface Query {
  /** PromQL. May use `$job`, `$instance` and `$__rate_interval`. */
  readonly expression: string;
  /** With `{{label}}` for the value of a label. */
  readonly legend: string;
  /** The action that it counts, where its legend does not name it by a label. */
  readonly action?: keyof typeof colorOfAction;
}

const prometheus = { type: 'prometheus', uid: '${datasource}' };
const panelHeight = 8;
const statusHeight = 4;
/** Columns from which on a table fits beside the series. */
const widthOfTable = 12;

/** An action has its colour wherever it is shown: whoever looks for red looks for blocks. */
const colorOfAction = { allow: 'green', challenge: 'yellow', review: 'orange', block: 'red' } as const;
/** What acts on nobody is dashed. */
const shadow = { id: 'custom.lineStyle', value: { fill: 'dash', dash: [8, 6] } };

/** Where the runbook is, for whoever has not said so: README.md tells how. */
const runbookDefault = 'https://git.example.com/winnow/blob/main/grafana/README.md';

/**
 * Builds a dashboard of time series over a chosen Prometheus. Panels flow from left to right; ids are the row's number times
 * 100 plus the panel's, so that a link to a panel survives a new panel in another row.
 */
export function buildDashboard({ uid, title, description, rows }: DashboardDescription): Dashboard {
  const dashboard = new DashboardBuilder(title)
    .uid(uid)
    .description(description)
    .tags(['winnow'])
    .time({ from: 'now-1h', to: 'now' })
    .timezone('browser')
    .refresh('10s')
    .tooltip(DashboardCursorSync.Crosshair)
    .withVariable(new DatasourceVariableBuilder('datasource').label('Prometheus').type('prometheus'))
    .withVariable(labelVariable('job', 'label_values(winnow_build_info, job)'))
    .withVariable(labelVariable('instance', 'label_values(winnow_build_info{job=~"$job"}, instance)'))
    .withVariable(new TextBoxVariableBuilder('runbook').label('runbook').defaultValue(runbookDefault))
    .links([
      new DashboardLinkBuilder('Winnow')
        .type(DashboardLinkType.Dashboards)
        .tags(['winnow'])
        .includeVars(true)
        .keepTime(true)
        .asDropdown(true),
      new DashboardLinkBuilder('Runbook').type(DashboardLinkType.Link).url('${runbook}').targetBlank(true),
    ])
    .annotations(annotations.map(annotation));
  for (const [rowIndex, row] of rows.entries()) {
    const rowId = (rowIndex + 1) * 100;
    dashboard.withRow(new RowBuilder(row.title).id(rowId));
    for (const [panelIndex, panel] of row.panels.entries()) {
      const builder = builderOf(panel);
      dashboard.withPanel(
        builder
          .id(rowId + panelIndex + 1)
          .title(panel.title)
          .description(descriptionOf(panel))
          .datasource(prometheus)
          .noValue(panel.none ?? 'No data')
          .height(panel.shape === 'status' ? statusHeight : panelHeight)
          .span(panel.width)
          .links(panel.runbook === undefined ? [] : [runbookLink(panel.runbook)])
          .targets(panel.queries.map((query, index) => target(query, index, panel.shape === 'heatmap'))),
      );
    }
  }
  return dashboard.build();
}

/** What is marked in every panel: a step beside a mark has found its cause. */
export const annotations: readonly { readonly name: string; readonly color: string; readonly query: Query }[] = [
  {
    name: 'Models, policies and norms',
    color: 'blue',
    query: {
      legend: 'loaded or refused at {{instance}}',
      expression: ['model', 'policy', 'norms']
        .map((what) => `sum by (instance) (increase(${of(`winnow_${what}_loads_total`)}[1m])) > 0`)
        .join(' or '),
    },
  },
  {
    name: 'Rebalances',
    color: 'orange',
    query: {
      legend: '{{instance}} joined its group',
      expression: `sum by (instance) (increase(${of('winnow_rebalance_duration_seconds_count')}[1m])) > 0`,
    },
  },
];

function annotation({ name, color, query }: (typeof annotations)[number]): AnnotationQueryBuilder {
  return new AnnotationQueryBuilder()
    .name(name)
    .datasource(prometheus)
    .enable(true)
    .iconColor(color)
    .expr(query.expression)
    .step('1m')
    .titleFormat(name)
    .textFormat(query.legend);
}

/** As Grafana shows it: the question first. */
export function descriptionOf({ question, description }: Panel): string {
  return `**${question}** ${description}`;
}

function runbookLink(alert: string): DashboardLinkBuilder {
  return new DashboardLinkBuilder('What to do').url(`\${runbook}#${alert.toLowerCase()}`).targetBlank(true);
}

function builderOf(panel: Panel): HeatmapBuilder | StatBuilder | TimeseriesBuilder {
  if (panel.shape === 'heatmap') return heatmap(panel);
  return panel.shape === 'status' ? status(panel) : timeseries(panel);
}

function status({ unit, thresholds = ['green'] }: Panel): StatBuilder {
  const [base, ...steps] = thresholds;
  return new StatBuilder()
    .unit(unit)
    .graphMode(BigValueGraphMode.Area)
    .colorMode(BigValueColorMode.Background)
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']))
    .thresholds(
      new ThresholdsConfigBuilder()
        .mode(ThresholdsMode.Absolute)
        .steps([{ value: null, color: base }, ...steps.map(([value, color]) => ({ value, color }))]),
    );
}

/** A choice among the values of a label, all of them at first. */
function labelVariable(name: string, query: string): QueryVariableBuilder {
  return (
    new QueryVariableBuilder(name)
      .label(name)
      .datasource(prometheus)
      .query(query)
      .refresh(VariableRefresh.OnTimeRangeChanged)
      // oxlint-disable-next-line unicorn/no-array-sort -- a builder, no array
      .sort(VariableSort.AlphabeticalAsc)
      .multi(true)
      .includeAll(true)
      .allValue('.*')
      .current({ text: ['All'], value: ['$__all'] })
  );
}

function target(query: Query, index: number, isHeatmap: boolean): DataqueryBuilder {
  return new DataqueryBuilder()
    .refId(String.fromCharCode('A'.charCodeAt(0) + index))
    .datasource(prometheus)
    .expr(query.expression)
    .legendFormat(query.legend)
    .format(isHeatmap ? PromQueryFormat.Heatmap : PromQueryFormat.TimeSeries)
    .range();
}

function timeseries(panel: Panel): TimeseriesBuilder {
  const isStacked = panel.shape === 'stacked';
  const builder = new TimeseriesBuilder()
    .unit(panel.unit)
    .drawStyle(GraphDrawStyle.Line)
    .showPoints(VisibilityMode.Never)
    .lineWidth(1)
    .fillOpacity(isStacked ? 30 : 0)
    .gradientMode(GraphGradientMode.None)
    .stacking(new StackingConfigBuilder().mode(isStacked ? StackingMode.Normal : StackingMode.None))
    .legend(panel.width < widthOfTable ? names() : table())
    // oxlint-disable-next-line unicorn/no-array-sort -- a builder, no array
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending));
  for (const { series, id, value } of stylesOf(panel)) builder.overrideByRegexp(series, [{ id, value }]);
  // What is 0 throughout shall not look like a hundred of something.
  if (panel.logarithmic !== true) return builder.min(0).axisSoftMax(panel.unit === 'percentunit' ? 0.01 : 1);
  return builder.scaleDistribution(new ScaleDistributionConfigBuilder().type(ScaleDistribution.Log).log(10));
}

/** A line of names, as many as there are. */
function names(): VizLegendOptionsBuilder {
  return new VizLegendOptionsBuilder()
    .displayMode(LegendDisplayMode.List)
    .placement(LegendPlacement.Bottom)
    .showLegend(true)
    .calcs([]);
}

/** A row a series, those first that had most. */
function table(): VizLegendOptionsBuilder {
  return new VizLegendOptionsBuilder()
    .displayMode(LegendDisplayMode.Table)
    .placement(LegendPlacement.Right)
    .showLegend(true)
    .calcs(['lastNotNull', 'max'])
    .sortBy('Max')
    .sortDesc(true);
}

interface Style {
  /** The names of the series that have it, as a regular expression between slashes. */
  readonly series: string;
  readonly id: string;
  readonly value: unknown;
}

function colored(series: string, fixedColor: string): Style {
  return { series, id: 'color', value: { mode: 'fixed', fixedColor } };
}

/** How series look whose names say what they are. */
function stylesOf({ queries }: Panel): readonly Style[] {
  const tells = (label: string): boolean => queries.some(({ legend }) => legend.includes(`{{${label}}}`));
  const colors = Object.entries(colorOfAction).map(([action, own]) => colored(`/\\b${action}\\b/`, own));
  const single = queries.flatMap(({ legend, action }) =>
    action === undefined ? [] : [colored(`/^${legend}$/`, colorOfAction[action])],
  );
  return [...(tells('action') ? colors : single), ...(tells('mode') ? [{ series: '/\\(shadow\\)/', ...shadow }] : [])];
}

function heatmap(panel: Panel): HeatmapBuilder {
  return new HeatmapBuilder().calculate(false).yAxis(new YAxisConfigBuilder().unit(panel.unit)).unit(panel.unit);
}
