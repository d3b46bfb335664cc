/* eslint-disable @typescript-eslint/no-deprecated -- the classic schema: file provisioning accepts it in every Grafana from version 10 on */
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
import { ReduceDataOptionsBuilder } from '@grafana/grafana-foundation-sdk/common';
import { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as TimeseriesBuilder } from '@grafana/grafana-foundation-sdk/timeseries';
import type { PanelPlan, RowPlan } from './panel-row.js';
import { ROWS } from './rows.js';

/** Where the dashboard is kept, and what belongs there. */
export const DASHBOARD_FILE = new URL('../../grafana/white-rabbit.json', import.meta.url);

const DATASOURCE = { type: 'prometheus', uid: '${datasource}' };
/** Grafana's grid is 24 wide. */
const SIZES = { stat: { width: 4, height: 4 }, lines: { width: 8, height: 8 } } as const;
const GRID_WIDTH = 24;
const OF_JOB = 'namespace=~"$namespace",job=~"$job"';

/** The text of the file. */
export function dashboardText(): string {
  return `${JSON.stringify(dashboard(ROWS), null, 2)}\n`;
}

/** The dashboard of all gateways, for Grafana 10 and later. */
function dashboard(rows: readonly RowPlan[]): Dashboard {
  const builder = new DashboardBuilder('White Rabbit')
    .uid('white-rabbit')
    .description('Gateways of White Rabbit. Metrics: docs/metrics.md. Counts only, no identities.')
    .tags(['white-rabbit'])
    .editable()
    .refresh('30s')
    .time({ from: 'now-6h', to: 'now' })
    .timezone('browser')
    .tooltip(DashboardCursorSync.Crosshair)
    .withVariable(new DatasourceVariableBuilder('datasource').label('Data source').type('prometheus'))
    .withVariable(labelVariable('namespace', 'label_values(wr_sessions, namespace)'))
    .withVariable(labelVariable('job', 'label_values(wr_sessions{namespace=~"$namespace"}, job)'))
    .withVariable(labelVariable('region', `label_values(wr_build_info{${OF_JOB}}, region)`))
    .withVariable(labelVariable('version', `label_values(wr_build_info{${OF_JOB},region=~"$region"}, version)`))
    .withVariable(
      instanceVariable(`label_values(wr_build_info{${OF_JOB},region=~"$region",version=~"$version"}, instance)`),
    );
  let id = 0;
  for (const row of rows) {
    builder.withRow(new RowBuilder(row.title).id((id += 1)));
    for (const plan of row.panels) builder.withPanel(panel(plan).id((id += 1)));
  }
  return builder.build();
}

/**
 * The gateways of the selected regions and versions. "All" lists them by name, so that the selection also applies to metrics
 * without the labels region and version.
 */
function instanceVariable(query: string): QueryVariableBuilder {
  return labelVariable('instance', query).allValue('');
}

/** Several values can be selected. "All" matches anything, also series without this label. */
function labelVariable(name: string, query: string): QueryVariableBuilder {
  return new QueryVariableBuilder(name)
    .datasource(DATASOURCE)
    .query(query)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.AlphabeticalAsc)
    .multi(true)
    .includeAll(true)
    .allValue('.*')
    .current({ text: 'All', value: '$__all', selected: true });
}

function lastValue(): StatBuilder {
  return new StatBuilder().reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']));
}

function panel(plan: PanelPlan): StatBuilder | TimeseriesBuilder {
  const { width, height } = SIZES[plan.kind];
  const builder = plan.kind === 'stat' ? lastValue() : new TimeseriesBuilder().min(0).fillOpacity(5).lineWidth(1);
  builder
    .title(plan.title)
    .description(plan.about)
    .unit(plan.unit)
    .datasource(DATASOURCE)
    .span(Math.min(width, GRID_WIDTH))
    .height(height);
  for (const [index, { expr, legend }] of plan.queries.entries()) {
    const refId = String.fromCharCode('A'.charCodeAt(0) + index);
    builder.withTarget(new DataqueryBuilder().datasource(DATASOURCE).refId(refId).expr(expr).legendFormat(legend));
  }
  return builder;
}
