import { documentedMetrics, type DocumentedMetric } from './documented-metrics.js';

/** Labels that Prometheus puts on everything it scrapes, or that a histogram has by itself. */
const SCRAPE_LABELS = ['job', 'instance', 'namespace', 'le'];

/** Metrics of Prometheus itself. */
const OF_PROMETHEUS = ['up'];

/**
 * What is wrong with the metrics and labels that a PromQL expression uses: a sentence each. `recorded` are the names of
 * recording rules, whose own expressions are looked at by themselves.
 */
export function problemsOf(expression: string, recorded: readonly string[] = []): string[] {
  const metrics = documentedMetrics();
  const names = expression.match(/\b[a-z]+(?::\w+)*:?\w*(?=[{[\s)]|$)/g) ?? [];
  const used = names.filter((name) => /^(wr|process|nodejs)_/.test(name) || name.includes(':'));
  const problems = used.flatMap((name) =>
    recorded.includes(name) || documented(name, metrics) !== undefined ? [] : [`${name} is in no scrape.`],
  );
  const selectors = [...expression.matchAll(/([\w:]+)\{([^}]*)\}/g)];
  return [...problems, ...selectors.flatMap(([, name = '', matchers = '']) => wrongMatchers(name, matchers, metrics))];
}

function documented(name: string, metrics: ReadonlyMap<string, DocumentedMetric>): DocumentedMetric | undefined {
  const series = metrics.get(name);
  // A histogram is asked for by its parts, and by nothing else.
  if (series !== undefined) return series.type === 'histogram' ? undefined : series;
  const whole = metrics.get(name.replace(/_(bucket|sum|count)$/, ''));
  return whole?.type === 'histogram' ? whole : undefined;
}

function wrongMatchers(name: string, matchers: string, metrics: ReadonlyMap<string, DocumentedMetric>): string[] {
  const labels = documented(name, metrics)?.labels ?? new Map<string, undefined>();
  return [...matchers.matchAll(/(\w+)\s*(=~|!~|!=|=)\s*"([^"]*)"/g)].flatMap(([, key = '', , text = '']) => {
    if (SCRAPE_LABELS.includes(key) || OF_PROMETHEUS.includes(name) || name.includes(':')) return [];
    if (!labels.has(key)) return [`${name} has no label ${key}.`];
    const values = labels.get(key);
    const unknown = values === undefined ? [] : text.split('|').filter((value) => !values.includes(value));
    return unknown.map((value) => `${name} is never ${key}="${value}".`);
  });
}
