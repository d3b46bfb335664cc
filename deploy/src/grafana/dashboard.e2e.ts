import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { eventually } from '@white-rabbit/testing';
import { useCluster } from '@white-rabbit/testing/use-cluster';
import { DASHBOARD_FILE } from './dashboard.js';

const RULES = new URL('../../prometheus/rules.yaml', import.meta.url);

const cluster = useCluster(1);

it('Every metric that the dashboard and the rules ask for is in the scrape of a gateway that runs', async () => {
  const [alice, bob] = await cluster.pair();
  await cluster.call(alice, bob);
  const scrape = await eventually('the first probe is back', async () => {
    const text = await cluster.gateway(0).metrics();
    return text.includes('\nwr_bus_probe_seconds ') && text.includes('\nwr_database_up ') && text;
  });
  const shown = new Set(scrape.split('\n').flatMap((line) => /^[a-z]\w+(?=[{ ])/.exec(line) ?? []));
  const asked = [DASHBOARD_FILE, RULES].flatMap(
    (file) => readFileSync(file, 'utf8').match(/(?<![\w:])(wr|process|nodejs)_[a-z0-9_]+(?![\w:])/g) ?? [],
  );
  expect(new Set(asked).size).toBeGreaterThan(50);
  expect([...new Set(asked)].filter((name) => !shown.has(name))).toEqual([]);
  // A bound that the histogram has not matches nothing, and the objective would always be met.
  const bounds = [DASHBOARD_FILE, RULES].flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/(wr_\w+_bucket)\{[^}]*le=~?\\?"([\d.]+)/g)].map(
      ([, metric = '', le = '']) => [metric, le] as const,
    ),
  );
  expect(bounds.length).toBeGreaterThan(3);
  for (const [metric, le] of bounds) expect(scrape).toMatch(new RegExp(`^${metric}\\{([^}]*,)?le="${le}"\\}`, 'm'));
});
