/** A column of a list that may be long: its heading, and its width in characters. */
export type Column = readonly [heading: string, width: number];

/**
 * Lines of columns of known widths, for lists that are printed as they come. By hand, since cli-table3 takes 0.3 ms a line:
 * half a minute for 100,000.
 */
export function fixedColumns(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  withHead: boolean,
): string {
  const head = withHead ? [columns.map(([heading]) => heading)] : [];
  return [...head, ...rows].map((cells) => `${line(columns, cells)}\n`).join('');
}

function line(columns: readonly Column[], cells: readonly string[]): string {
  return columns
    .map(([, width], i) => (cells[i] ?? '').padEnd(width))
    .join('  ')
    .trimEnd();
}
