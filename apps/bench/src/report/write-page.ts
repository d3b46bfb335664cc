import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { barChart } from './bar-chart.js';
import { chartFile, page, type Report } from './page.js';

/** Writes docs/benchmarks.md and a chart for each row. Returns the page's path. */
export async function writePage(root: string, report: Report): Promise<string> {
  const images = join(root, 'docs/images');
  await mkdir(images, { recursive: true });
  for (const row of report.rows) await writeFile(join(images, chartFile(row)), barChart(row));
  const file = join(root, 'docs/benchmarks.md');
  await writeFile(file, page(report));
  return file;
}
