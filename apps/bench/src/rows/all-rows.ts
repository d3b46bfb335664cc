import type { Bench } from './bench.js';
import { fanOutRow } from './fan-out-row.js';
import { memoryRow } from './memory-row.js';
import { REGISTER_ROWS, registerRows } from './register-row.js';
import type { Row } from './row.js';
import { acrossRows, oneNodeRows } from './signal-rows.js';

/** Names for `--only`. `across` is two rows. */
export const ROW_IDS = ['signal', 'sdp', 'fast', 'memory', 'across', 'register', 'known', 'fan-out'] as const;
export type RowId = (typeof ROW_IDS)[number];

/** Measures those rows. */
export async function measureRows(bench: Bench, ids: ReadonlySet<RowId>): Promise<readonly Row[]> {
  const oneNode = (['signal', 'sdp', 'fast'] as const).filter((id) => ids.has(id));
  const registers = REGISTER_ROWS.filter((id) => ids.has(id));
  return [
    ...(oneNode.length > 0 ? await oneNodeRows(bench, oneNode) : []),
    ...(ids.has('memory') ? [await memoryRow(bench)] : []),
    ...(ids.has('across') ? await acrossRows(bench) : []),
    ...(registers.length > 0 ? await registerRows(bench, registers) : []),
    ...(ids.has('fan-out') ? [await fanOutRow(bench)] : []),
  ];
}
