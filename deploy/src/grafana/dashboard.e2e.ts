import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { eventually, Stage } from '@white-rabbit/testing';
import { DASHBOARD_FILE } from './dashboard.js';

const RULES = new URL('../../prometheus/rules.yaml', import.meta.url);
const START_MS = 90_000;

let stage: Stage;

beforeAll(async () => {
  stage = await Stage.open(1);
}, START_MS);
afterAll(() => stage.close(), START_MS);

it('Every metric that the dashboard and the rules ask for is in the scrape of a gateway that runs', async () => {
  const [alice, bob] = await stage.pair();
  await stage.call(alice, bob);
  const scrape = await eventually('the first probe is back', async () => {
    const text = await stage.cluster.gateway(0).metrics();
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
