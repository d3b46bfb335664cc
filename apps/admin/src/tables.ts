import Table from 'cli-table3';

const NO_LINES = {
  ...{ top: '', 'top-mid': '', 'top-left': '', 'top-right': '' },
  ...{ bottom: '', 'bottom-mid': '', 'bottom-left': '', 'bottom-right': '' },
  ...{ left: '', 'left-mid': '', mid: '', 'mid-mid': '', right: '', 'right-mid': '', middle: '  ' },
};

/** A short table without lines or colors, which `awk` can split. */
export function plainTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const table = new Table({
    ...(head.length > 0 && { head: [...head] }),
    chars: NO_LINES,
    style: { head: [], border: [], compact: true, 'padding-left': 0, 'padding-right': 0 },
  });
  table.push(...rows.map((row) => [...row]));
  const lines = table.toString().split('\n');
  return lines.map((line) => `${line.trimEnd()}\n`).join('');
}

/** A column of a long list: heading and width in characters. */
export type Column = readonly [heading: string, width: number];

/**
 * Lines of columns of fixed widths, for long lists that are printed page by page. cli-table3 takes 0.3 ms a line, which is
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
