/** A query of a panel: its PromQL and the legend of its lines. */
export interface PanelQuery {
  readonly expr: string;
  readonly legend: string;
}

/** One panel. `unit` is a name of Grafana; `about` is the description in the dashboard. */
export interface PanelPlan {
  readonly title: string;
  readonly kind: 'stat' | 'lines';
  readonly unit: string;
  readonly about: string;
  readonly queries: readonly PanelQuery[];
}

/** A row of the dashboard. */
export interface RowPlan {
  readonly title: string;
  readonly panels: readonly PanelPlan[];
}

/** A panel that shows the last value of each query. */
export const stat = (title: string, unit: string, about: string, ...queries: PanelQuery[]): PanelPlan => ({
  title,
  kind: 'stat',
  unit,
  about,
  queries,
});

/** A panel that shows each query as a line over time. */
export const lines = (title: string, unit: string, about: string, ...queries: PanelQuery[]): PanelPlan => ({
  title,
  kind: 'lines',
  unit,
  about,
  queries,
});

/** Selects the series that match the variables of the dashboard. `more`: further matchers. */
export function selected(metric: string, more = ''): string {
  return `${metric}{namespace=~"$namespace",job=~"$job",instance=~"$instance"${more === '' ? '' : `,${more}`}}`;
}

/** A metric of each gateway. */
export function each(metric: string): PanelQuery {
  return { expr: selected(metric), legend: '{{instance}}' };
}

/** The sum of a metric over all gateways. */
export function total(metric: string, legend: string): PanelQuery {
  return { expr: `sum(${selected(metric)})`, legend };
}

/** The rate of a counter over all gateways, by `label` if there is one. */
export function rate(counter: string, label?: string, more = ''): PanelQuery {
  const growth = `rate(${selected(counter, more)}[$__rate_interval])`;
  if (label === undefined) return { expr: `sum(${growth})`, legend: 'all' };
  return { expr: `sum by (${label}) (${growth})`, legend: `{{${label}}}` };
}

/** A quantile of the durations of a histogram, by `label` if there is one. */
export function quantile(histogram: string, label?: string, part = 0.99): PanelQuery {
  const by = label === undefined ? 'le' : `${label}, le`;
  const buckets = `sum by (${by}) (rate(${selected(`${histogram}_bucket`)}[$__rate_interval]))`;
  const percent = `${part * 100} %`;
  const legend = label === undefined ? percent : `{{${label}}} ${percent}`;
  return { expr: `histogram_quantile(${part}, ${buckets})`, legend };
}

/** The sum of a gauge of each gateway by a label of `wr_build_info`. */
export function byBuild(gauge: string, label: 'region' | 'version'): PanelQuery {
  const info = `group by (namespace, job, instance, ${label}) (${selected('wr_build_info')})`;
  const joined = `${selected(gauge)} * on (namespace, job, instance) group_left (${label}) ${info}`;
  return { expr: `sum by (${label}) (${joined})`, legend: `{{${label}}}` };
}

/** The share of bad events in all events, over all gateways. */
export function badPart(bad: readonly string[], all: readonly string[], legend: string): PanelQuery {
  const sum = (series: readonly string[]) => series.map((one) => `sum(rate(${one}[$__rate_interval]))`).join(' + ');
  return { expr: `(${sum(bad)}) / (${sum(all)})`, legend };
}
