import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { SETTINGS, type SettingName } from './settings.js';
import { BURST_SECONDS } from './source-caps.js';

const PAGE = readFileSync(new URL('../../../../docs/capacity.md', import.meta.url), 'utf8');

const defaultOf = (name: SettingName) => Number(SETTINGS[name].fallback);

/** The cells of the row of docs/capacity.md with that beginning, as numbers. */
function row(name: string): number[] {
  const line = PAGE.split('\n').find((text) => text.startsWith(`| ${name}`));
  if (line === undefined) throw new Error(`docs/capacity.md has no row ${name}.`);
  const cells = line.split('|').slice(2, -1);
  return cells.map((cell) => Number.parseFloat(cell.replaceAll(',', '')));
}

/** Duration of a first register on a connection to PostgreSQL, as docs/capacity.md assumes. Seconds. */
const CHECK_SECONDS = 0.006;

describe('The default connect rate', () => {
  const rate = defaultOf('WR_CONNECT_RATE');
  const checks = defaultOf('WR_DATABASE_POOL') - 1;
  const [firstMs = NaN] = row('session, first register');
  const [backMs = NaN] = row('session that comes back');

  it('equals the value in docs/capacity.md, and so does the pool size', () => {
    expect([row('connections to PostgreSQL')[0], row('activations at once')[0]]).toEqual([checks + 1, checks]);
    expect(row('first registers a second, at 6 ms')[0]).toBe(Math.round(checks / CHECK_SECONDS));
    expect(row('sockets a second')[0]).toBe(rate);
    expect(row('sockets at once')[0]).toBe(BURST_SECONDS * rate);
    expect(row('a burst of as many')[0]).toBeCloseTo((BURST_SECONDS * rate * CHECK_SECONDS) / checks, 2);
    expect(row('gateway cores busy, all first')[0]).toBeCloseTo((rate * firstMs) / 1_000, 2);
    expect(row('gateway cores busy, all come back')[0]).toBeCloseTo((rate * backMs) / 1_000, 2);
  });

  it('leaves a part of one core free even if every register is the first on its connection', () => {
    expect((rate * firstMs) / 1_000).toBeLessThanOrEqual(0.8);
  });

  it('is not higher than the number of first registers per second of the default pool', () => {
    expect(rate * CHECK_SECONDS).toBeLessThanOrEqual(checks);
  });

  it('admits no more sockets until the register timeout than may be unregistered', () => {
    expect(rate * defaultOf('WR_REGISTER_TIMEOUT_SECONDS')).toBeLessThanOrEqual(defaultOf('WR_MAX_UNREGISTERED'));
  });
});
