import { describe, expect, it } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { pino } from 'pino';
import { LOG_EVENT_NAMES, logEvent, logsMarkdown } from './log-events.js';

const DOCS = new URL('../../../../../docs/logs.md', import.meta.url);
const SOURCE = new URL('../../', import.meta.url);

/** The gateway's own sources, without tests. */
const sources = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !/[.](spec|contract|e2e)[.]ts$/.test(file))
  .map((file) => ({ file, text: readFileSync(new URL(file, SOURCE), 'utf8') }));

describe('The table of log lines', () => {
  it('equals the table in docs/logs.md', () => {
    // Cells are compared, because the formatter pads them.
    const cells = (text: string) =>
      text
        .split('\n')
        .filter((line) => line.startsWith('| `'))
        .map((line) => line.split('|').map((cell) => cell.trim()));
    expect(cells(readFileSync(DOCS, 'utf8'))).toEqual(cells(logsMarkdown()));
  });

  it('is complete: no line is logged without it', () => {
    const past = sources.filter(
      ({ file, text }) => file !== 'telemetry/log/log-events.ts' && /\blog(ger)?\.(\w+)\(\s*[{'"`]/.test(text),
    );
    expect(past.map(({ file }) => file)).toEqual([]);
  });

  it.each(LOG_EVENT_NAMES)('has %s, which the code logs', (event) => {
    const [what, change] = event.split('_');
    const isWritten = sources.some(
      ({ file, text }) =>
        file !== 'telemetry/log/log-events.ts' &&
        // The names of outage events are composed of the name of the dependency and the change.
        (text.includes(`'${event}'`) ||
          (/^(up|down)$/.test(change ?? '') && text.includes(`OutageLog(`) && text.includes(`'${what}'`))),
    );
    expect(isWritten).toBe(true);
  });
});

describe('A log line', () => {
  it('has its level, its event, its fields and a text for human readers', () => {
    const lines: string[] = [];
    const log = pino({ base: null, timestamp: false }, { write: (line) => lines.push(line) });
    logEvent(log, 'draining', { connections: 7 });
    logEvent(log, 'start_failed', { error: 'Error', code: 'EADDRINUSE' }, 'port 80 is taken');
    expect(lines.map((line) => JSON.parse(line) as object)).toEqual([
      { level: 30, event: 'draining', connections: 7, msg: 'draining' },
      { level: 50, event: 'start_failed', error: 'Error', code: 'EADDRINUSE', msg: 'port 80 is taken' },
    ]);
  });
});
