import { describe, expect, it } from '@jest/globals';
import { Registry } from 'prom-client';
import { Metrics } from './metrics.js';
import { Tally } from './tally.js';

/** The samples of one metric, as a scrape shows them. */
async function samples(registry: Registry, name: string): Promise<string[]> {
  return (await registry.metrics()).split('\n').filter((line) => line.startsWith(name));
}

describe('A tally', () => {
  it('shows each value it counted, and the same again at the next scrape', async () => {
    const registry = new Registry();
    const tally = new Tally<string | number>(registry, 'wr_test_total', 'A test', 'kind');
    expect(await samples(registry, 'wr_test')).toEqual([]);
    for (const value of ['a', 'a', 4000]) tally.count(value);
    const shown = ['wr_test_total{kind="a"} 2', 'wr_test_total{kind="4000"} 1'];
    expect(await samples(registry, 'wr_test')).toEqual(shown);
    expect(await samples(registry, 'wr_test')).toEqual(shown);
    tally.count('a');
    expect(await samples(registry, 'wr_test')).toContain('wr_test_total{kind="a"} 3');
  });
});

describe('A gauge', () => {
  it('shows what is so at the scrape, and nothing while there is nothing', async () => {
    const metrics = new Metrics();
    let value: number | undefined = 5;
    metrics.gauge('wr_test', 'A test', () => value);
    expect(await samples(metrics.registry, 'wr_test ')).toEqual(['wr_test 5']);
    value = 6;
    expect(await samples(metrics.registry, 'wr_test ')).toEqual(['wr_test 6']);
    value = undefined;
    expect(await samples(metrics.registry, 'wr_test ')).not.toContain('wr_test 6');
  });
});
