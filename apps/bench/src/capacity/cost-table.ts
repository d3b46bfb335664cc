import type { Cells } from '../report/cells.js';
import type { UnitCost } from './unit-costs.js';

const bytes = (value: number | undefined) => (value === undefined ? '' : `${(value / 1024).toFixed(1)} KB`);
const micros = (value: number) => `${value.toFixed(value < 10 ? 1 : 0)} µs`;

/** A line for each unit cost. */
export function costTable(costs: readonly UnitCost[]): Cells {
  return {
    head: ['of', 'gateway CPU', 'Redis CPU', 'Redis commands', 'PostgreSQL CPU', 'gateway memory', 'Redis memory'],
    rows: costs.map(({ thing, gatewayUs, redisUs, redisCommands, postgresUs, gatewayBytes, redisBytes }) => [
      thing,
      micros(gatewayUs),
      micros(redisUs),
      redisCommands.toFixed(2),
      micros(postgresUs),
      bytes(gatewayBytes),
      bytes(redisBytes),
    ]),
  };
}
