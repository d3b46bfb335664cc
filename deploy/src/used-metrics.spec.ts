import { describe, expect, it } from '@jest/globals';
import { documentedMetrics } from './documented-metrics.js';
import { problemsOf } from './used-metrics.js';

describe('What an expression uses', () => {
  it.each([
    'sum by (job) (wr_sessions)',
    'rate(wr_closes_total{code=~"4000|1006", instance="a"}[5m])',
    'histogram_quantile(0.99, sum by (le) (rate(wr_register_seconds_bucket[5m])))',
    'wr_build_info{version="1.2.3", region=~"$region"}',
    'up{job="white-rabbit"} == 0',
  ])('may be all that a scrape shows: %s', (expression) => {
    expect(problemsOf(expression)).toEqual([]);
  });

  it.each([
    ['rate(wr_messages_total[5m])', 'wr_messages_total is in no scrape.'],
    ['wr_build_info{peer="x"}', 'wr_build_info has no label peer.'],
    ['wr_sessions{peer="x"}', 'wr_sessions has no label peer.'],
    ['wr_closes_total{code="4999"}', 'wr_closes_total is never code="4999".'],
    ['rate(wr_register_seconds[5m])', 'wr_register_seconds is in no scrape.'],
    ['wr_sessions_bucket', 'wr_sessions_bucket is in no scrape.'],
    ['job:wr_nothing:sum > 1', 'job:wr_nothing:sum is in no scrape.'],
  ])('of an unknown metric, label or value is reported: %s', (expression, problem) => {
    expect(problemsOf(expression)).toContain(problem);
  });

  it('may be a recording rule', () => {
    expect(problemsOf('job:wr_sessions:sum > 1', ['job:wr_sessions:sum'])).toEqual([]);
  });
});

it('The documented table is read whole', () => {
  const metrics = documentedMetrics();
  expect(metrics.size).toBeGreaterThan(50);
  expect(metrics.get('wr_presence_changes_total')).toEqual({
    type: 'counter',
    labels: new Map([['status', ['ONLINE', 'OFFLINE']]]),
  });
  expect([...(metrics.get('wr_build_info')?.labels.keys() ?? [])]).toContain('region');
  expect(metrics.get('wr_sessions')?.labels.size).toBe(0);
});
