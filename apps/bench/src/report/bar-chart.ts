import { NAMES } from '../sides/catalog.js';
import { figures, type Row } from '../rows/row.js';
import { amount } from './cells.js';

const WIDTH = 760;
const LABEL_WIDTH = 200;
/** For the text behind the longest bar. */
const VALUE_WIDTH = 130;
const STEP = 34;
const BAR = 22;
const GAP = 8;

/** Readable on a light and on a dark page: text and bars follow the reader's color scheme, the background is the page's. */
const STYLE = `
text { font: 13px system-ui, -apple-system, 'Segoe UI', sans-serif; fill: #1f2328; }
.bar { fill: #8c959f; }
.ours { fill: #0969da; }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3; }
  .bar { fill: #6e7681; }
  .ours { fill: #4493f8; }
}`;

/** An SVG with a bar for each side, from the top in their order; the gateway's has another color. */
export function barChart(row: Row): string {
  const bars = figures(row);
  const highest = Math.max(...bars.map(({ value }) => value));
  const lines = bars.map(({ side, value, ratio }, index) => {
    const top = index * STEP + (STEP - BAR) / 2;
    const length = Math.max(1, (value / highest) * (WIDTH - LABEL_WIDTH - VALUE_WIDTH));
    const baseline = top + BAR / 2 + 5;
    const isOurs = side.startsWith(NAMES.ours);
    const text = `${amount(value)} ${row.unit} (${ratio.toFixed(2)} ×)`;
    return [
      `<text x="${LABEL_WIDTH - GAP}" y="${baseline}" text-anchor="end">${escaped(side)}</text>`,
      `<rect class="${isOurs ? 'ours' : 'bar'}" x="${LABEL_WIDTH}" y="${top}" width="${length.toFixed(1)}" height="${BAR}" rx="3"/>`,
      `<text x="${(LABEL_WIDTH + length + GAP).toFixed(1)}" y="${baseline}">${escaped(text)}</text>`,
    ].join('\n');
  });
  const size = `width="${WIDTH}" height="${bars.length * STEP}" viewBox="0 0 ${WIDTH} ${bars.length * STEP}"`;
  return `<svg xmlns="http://www.w3.org/2000/svg" ${size} role="img">
<title>${escaped(row.title)}</title>
<style>${STYLE}
</style>
${lines.join('\n')}
</svg>
`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
