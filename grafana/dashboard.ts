import {
  GraphDrawStyle,
  GraphGradientMode,
  LegendDisplayMode,
  LegendPlacement,
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
  DashboardBuilder,
  DashboardCursorSync,
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  RowBuilder,
  VariableRefresh,
  VariableSort,
  type Dashboard,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder as HeatmapBuilder, YAxisConfigBuilder } from '@grafana/grafana-foundation-sdk/heatmap';
import { DataqueryBuilder, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder as TimeseriesBuilder } from '@grafana/grafana-foundation-sdk/timeseries';

/** A row of panels, as a dashboard's file declares it. */
export interface Row {
  readonly title: string;
  readonly panels: readonly Panel[];
}

export interface Panel {
  readonly title: string;
  /** What is seen, and what it means when it looks wrong. */
  readonly description: string;
  /** `lines` by default; `stacked` where the parts add up to something; `heatmap` over the buckets of a histogram. */
  readonly shape?: 'lines' | 'stacked' | 'heatmap';
  /** Grafana's name of the unit. */
  readonly unit: string;
  /** For values that spread over decades. */
  readonly logarithmic?: boolean;
  /** Columns of the 24 of the grid. */
  readonly width: number;
  readonly queries: readonly Query[];
}

export interface Query {
  /** PromQL. May use `$job`, `$instance` and `$__rate_interval`. */
  readonly expression: string;
  /** With `{{label}}` for the value of a label. */
  readonly legend: string;
}

const prometheus = { type: 'prometheus', uid: '${datasource}' };
const panelHeight = 8;

/**
 * Builds a dashboard of time series over a chosen Prometheus. Panels flow from left to right; ids are the row's number times
 * 100 plus the panel's, so that a link to a panel survives a new panel in another row.
 */
export function buildDashboard(uid: string, title: string, description: string, rows: readonly Row[]): Dashboard {
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
    .withVariable(labelVariable('instance', 'label_values(winnow_build_info{job=~"$job"}, instance)'));
  for (const [rowIndex, row] of rows.entries()) {
    const rowId = (rowIndex + 1) * 100;
    dashboard.withRow(new RowBuilder(row.title).id(rowId));
    for (const [panelIndex, panel] of row.panels.entries()) {
      const builder = panel.shape === 'heatmap' ? heatmap(panel) : timeseries(panel);
      dashboard.withPanel(
        builder
          .id(rowId + panelIndex + 1)
          .title(panel.title)
          .description(panel.description)
          .datasource(prometheus)
          .height(panelHeight)
          .span(panel.width)
          .targets(panel.queries.map((query, index) => target(query, index, panel.shape === 'heatmap'))),
      );
    }
  }
  return dashboard.build();
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
    .legend(
      new VizLegendOptionsBuilder()
        .displayMode(LegendDisplayMode.Table)
        .placement(LegendPlacement.Bottom)
        .showLegend(true)
        .calcs(['lastNotNull', 'max']),
    )
    // oxlint-disable-next-line unicorn/no-array-sort -- a builder, no array
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending));
  if (panel.logarithmic !== true) return builder.min(0);
  return builder.scaleDistribution(new ScaleDistributionConfigBuilder().type(ScaleDistribution.Log).log(10));
}

function heatmap(panel: Panel): HeatmapBuilder {
  return new HeatmapBuilder().calculate(false).yAxis(new YAxisConfigBuilder().unit(panel.unit)).unit(panel.unit);
}
