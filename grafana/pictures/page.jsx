import { createTheme, FieldType, getActiveThreshold, getDisplayProcessor, dateTime, ThemeContext } from '@grafana/data';
import { BigValue, BigValueColorMode, BigValueGraphMode, PanelChrome, TimeSeries } from '@grafana/ui';
import { createRoot } from 'react-dom/client';
import plotStyles from 'uplot/dist/uPlot.min.css';

/**
 * A dashboard of `generated/` over what Prometheus answered, drawn by Grafana's components: PanelChrome, BigValue, TimeSeries. Grafana's heat map is no part of
 * its library of components, so that one is drawn here.
 */

const { dashboard, answers, fromMs, toMs } = window.winnow;
const theme = createTheme({ colors: { mode: 'dark' } });
const timeZone = 'utc';
const range = { from: dateTime(fromMs), to: dateTime(toMs) };
const timeRange = { ...range, raw: range };
const columnPx = (window.innerWidth - 16) / 24;
const [linePx, gapPx] = [38, 8];

function Dashboard() {
  const lines = Math.max(...dashboard.panels.map(({ gridPos }) => gridPos.y + gridPos.h));
  return (
    <ThemeContext.Provider value={theme}>
      <div style={{ position: 'relative', height: lines * linePx + 56, background: theme.colors.background.canvas }}>
        <h1 style={{ font: '500 20px sans-serif', color: theme.colors.text.primary, padding: '14px 16px', margin: 0 }}>
          {dashboard.title}
        </h1>
        {dashboard.panels.map((panel) => (
          <Placed key={panel.id} panel={panel} />
        ))}
      </div>
    </ThemeContext.Provider>
  );
}

function Placed({ panel }) {
  const { x, y, w, h } = panel.gridPos;
  const [width, height] = [w * columnPx - gapPx, h * linePx - gapPx];
  const style = { position: 'absolute', left: 8 + x * columnPx, top: 56 + y * linePx, width, height };
  if (panel.type === 'row') {
    const font = { font: '500 14px sans-serif', color: theme.colors.text.primary, padding: '8px 4px' };
    return <div style={{ ...style, ...font }}>⌄ {panel.title}</div>;
  }
  return (
    <div style={style}>
      <PanelChrome title={panel.title} width={width} height={height}>
        {(innerWidth, innerHeight) => <Content panel={panel} width={innerWidth} height={innerHeight} />}
      </PanelChrome>
    </div>
  );
}

function Content({ panel, width, height }) {
  const fields = fieldsOf(panel);
  if (panel.type === 'stat') return <Status panel={panel} field={fields[0]} width={width} height={height} />;
  if (fields.length === 0) {
    const place = { width, height, display: 'grid', placeItems: 'center', color: theme.colors.text.secondary };
    return <div style={{ ...place, font: '14px sans-serif' }}>{panel.fieldConfig.defaults.noValue}</div>;
  }
  if (panel.type === 'heatmap') return <HeatMap fields={fields} width={width} height={height} />;
  return (
    <TimeSeries
      frames={fields.map(({ time, value }) => ({ fields: [time, value], length: time.values.length }))}
      width={width}
      height={height}
      timeRange={timeRange}
      timeZone={timeZone}
      legend={panel.options.legend}
    />
  );
}

/** The series of a panel as Grafana's data source makes them: one a metric, named by the legend. */
function fieldsOf(panel) {
  const { defaults, overrides } = panel.fieldConfig;
  const series = panel.targets.flatMap((target) =>
    (answers[`${panel.id}/${target.refId}`] ?? []).map((one) => ({ ...one, legend: target.legendFormat })),
  );
  return series.map(({ metric, values, legend }, seriesIndex) => {
    const name = legend.replaceAll(/\{\{(\w+)\}\}/g, (_, label) => metric[label] ?? '').trim();
    const value = {
      name,
      type: FieldType.number,
      values: values.map(([, text]) => (text === 'NaN' ? null : Number(text))),
      config: {
        color: { mode: 'palette-classic' },
        ...defaults,
        displayName: name,
        custom: { axisPlacement: 'auto', ...defaults.custom },
      },
      state: { seriesIndex, displayName: name },
      labels: metric,
    };
    for (const { id, value: set } of overrides
      .filter(({ matcher }) => regexp(matcher.options).test(name))
      .flatMap((each) => each.properties))
      if (id.startsWith('custom.')) value.config.custom[id.slice('custom.'.length)] = set;
      else value.config[id] = set;
    value.display = getDisplayProcessor({ field: value, theme, timeZone });
    const time = { name: 'Time', type: FieldType.time, values: values.map(([s]) => s * 1000), config: {} };
    return { time, value };
  });
}

/** Of a matcher's text, in which it stands between slashes. */
function regexp(text) {
  return new RegExp(text.slice(1, -1));
}

function Status({ panel, field, width, height }) {
  const last = field?.value.values.findLast((value) => value !== null);
  const { defaults } = panel.fieldConfig;
  if (last === undefined) {
    const color = theme.visualization.getColorByName('green');
    const none = { text: defaults.noValue, numeric: NaN, color };
    return (
      <BigValue
        value={none}
        colorMode={BigValueColorMode.None}
        graphMode={BigValueGraphMode.None}
        width={width}
        height={height}
        theme={theme}
      />
    );
  }
  const { color } = getActiveThreshold(
    last,
    defaults.thresholds.steps.map((step) => ({ ...step, value: step.value ?? -Infinity })),
  );
  const value = { ...field.value.display(last), color: theme.visualization.getColorByName(color) };
  const sparkline = { y: field.value, x: field.time, timeRange };
  return (
    <BigValue
      value={value}
      sparkline={sparkline}
      colorMode={BigValueColorMode.Background}
      graphMode={BigValueGraphMode.Area}
      width={width}
      height={height}
      theme={theme}
    />
  );
}

/** Buckets are cumulative: a cell is what its bucket has above the one below. */
function HeatMap({ fields, width, height }) {
  const rows = fields
    .map(({ time, value }) => ({ le: Number(value.labels.le === '+Inf' ? Infinity : value.labels.le), time, value }))
    .toSorted((one, other) => one.le - other.le);
  const cells = rows.map(({ value }, row) =>
    value.values.map((count, at) => Math.max(0, count - (rows[row - 1]?.value.values[at] ?? 0))),
  );
  const most = Math.max(...cells.flat(), 1);
  const [labelPx, rowPx] = [44, (height - 16) / rows.length];
  const cellPx = (width - labelPx) / Math.max(...cells.map((row) => row.length), 1);
  return (
    <svg width={width} height={height} style={{ font: '10px sans-serif' }}>
      {cells.flatMap((row, index) =>
        row.map((count, at) => (
          <rect
            key={`${index} ${at}`}
            x={labelPx + at * cellPx}
            y={(rows.length - 1 - index) * rowPx}
            width={Math.max(1, cellPx - 1)}
            height={Math.max(1, rowPx - 1)}
            fill={`rgba(255, 152, 48, ${(count / most) ** 0.5})`}
          />
        )),
      )}
      {rows.map(({ le }, index) =>
        index % 4 === 0 ? (
          <text key={le} x={0} y={(rows.length - index) * rowPx} fill={theme.colors.text.secondary}>
            ≤ {le}
          </text>
        ) : null,
      )}
    </svg>
  );
}

const styles = document.createElement('style');
styles.textContent = `${plotStyles} *{box-sizing:border-box} body{font:14px/1.5 sans-serif;color:${theme.colors.text.primary}} button{all:unset} .sr-only{position:absolute;width:1px;height:1px;overflow:hidden;clip:rect(0,0,0,0)} table{border-collapse:collapse} h2{font:500 14px sans-serif;margin:0}`;
document.head.append(styles);
createRoot(document.getElementById('dashboard')).render(<Dashboard />);
