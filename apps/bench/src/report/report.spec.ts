import { describe, expect, it } from '@jest/globals';
import type { Row } from '../rows/row.js';
import { WHOLE } from '../rows/sample.js';
import { NAMES } from '../sides/catalog.js';
import { barChart } from './bar-chart.js';
import { cells } from './cells.js';
import { markdownTable, page, QUICK_WARNING } from './page.js';

const row: Row = {
  id: 'signal',
  title: 'CPU < all & more',
  unit: 'µs',
  baseline: NAMES.bareWs,
  sides: [
    { side: NAMES.bareWs, rounds: [{ value: 20, p50Ms: 0.2, p99Ms: 1, lost: 0 }] },
    { side: NAMES.ours, rounds: [{ value: 130, p50Ms: 0.3, p99Ms: 2, lost: 4 }] },
  ],
  targets: [{ text: 'CPU ≤ 1.0 × bare-ws', isMet: false }],
};
const memory: Row = { ...row, sides: row.sides.map(({ side }) => ({ side, rounds: [{ value: 8 }] })) };
const machine = {
  date: '2026-11-27',
  cpu: 'CPU',
  memoryGb: 8,
  kernel: 'Linux 6',
  node: 'v24',
  pinning: 'none',
  busyCpus: 0,
};

describe('The table of a row', () => {
  it('has a line for each server, with its ratio and its times', () => {
    expect(cells(row)).toEqual({
      head: ['server', 'median of 1', 'lowest – highest', 'ratio to bare-ws', 'p50', 'p99', 'lost'],
      rows: [
        ['bare-ws', '20.0 µs', '20.0 – 20.0', '1.00', '0.20 ms', '1.00 ms', '0'],
        ['White Rabbit', '130 µs', '130 – 130', '6.50', '0.30 ms', '2.00 ms', '4'],
      ],
    });
  });

  it('has no columns for times that were not measured', () => {
    expect(cells(memory).head).toEqual(['server', 'median of 1', 'lowest – highest', 'ratio to bare-ws']);
  });

  it('is padded in Markdown as Prettier pads it', () => {
    expect(markdownTable({ head: ['a', 'longer'], rows: [['text', '1']] })).toBe(
      '| a    | longer |\n| ---- | ------ |\n| text | 1      |',
    );
  });
});

describe('The page', () => {
  it('shows the chart, the table and each target of a row', () => {
    const text = page({ machine, sample: WHOLE, isQuick: false, rows: [row] });
    expect(text).toContain('](images/bench-signal.svg)');
    expect(text).toContain('- Target missed: CPU ≤ 1.0 × bare-ws');
    expect(text).not.toContain(QUICK_WARNING);
  });

  it('warns of the figures of a quick run before it shows them', () => {
    const text = page({ machine, sample: WHOLE, isQuick: true, rows: [row] });
    expect(text.indexOf(QUICK_WARNING)).toBeLessThan(text.indexOf('## CPU'));
  });
});

describe('The chart of a row', () => {
  it('has bars in proportion to the values, and another color for the gateway', () => {
    const bars = [...barChart(row).matchAll(/<rect class="(\w+)" .*? width="([\d.]+)"/g)];
    const [bare, ours] = bars.map(([, style, width]) => ({ style, width: Number(width) }));
    expect([bare?.style, ours?.style]).toEqual(['bar', 'ours']);
    expect((ours?.width ?? 0) / (bare?.width ?? 1)).toBeCloseTo(6.5, 1);
  });

  it('has its title as text of XML', () => {
    expect(barChart(row)).toContain('<title>CPU &lt; all &amp; more</title>');
  });
});
