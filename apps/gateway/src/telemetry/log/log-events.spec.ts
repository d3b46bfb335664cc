import { describe, expect, it } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { pino } from 'pino';
import { logEvent } from './log-event.js';
import { LOG_EVENT_NAMES } from './log-events.js';
import { logsMarkdown } from './logs-markdown.js';

const DOCS = new URL('../../../../../docs/logs.md', import.meta.url);
const SOURCE = new URL('../../', import.meta.url);

/** The gateway's own sources, without tests. */
const sources = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.spec.ts') && !file.endsWith('.e2e.ts'))
  .map((file) => ({ file, text: readFileSync(new URL(file, SOURCE), 'utf8') }));

describe('The table of log lines', () => {
  it('is the one in docs/logs.md', () => {
    // Cells are compared: the formatter pads them.
    const cells = (text: string) =>
      text
        .split('\n')
        .filter((line) => line.startsWith('| `'))
        .map((line) => line.split('|').map((cell) => cell.trim()));
    expect(cells(readFileSync(DOCS, 'utf8'))).toEqual(cells(logsMarkdown()));
  });

  it('has all that is written: nothing goes to the log past it', () => {
    const past = sources.filter(
      ({ file, text }) => file !== 'telemetry/log/log-event.ts' && /\blog(ger)?\.(\w+)\(\s*[{'"`]/.test(text),
    );
    expect(past.map(({ file }) => file)).toEqual([]);
  });

  it.each(LOG_EVENT_NAMES)('has %s, which is written somewhere', (event) => {
    const [what, change] = event.split('_');
    const isWritten = sources.some(
      ({ file, text }) =>
        file !== 'telemetry/log/log-events.ts' &&
        // Those of an outage are put together from what is away.
        (text.includes(`'${event}'`) ||
          (/^(up|down)$/.test(change ?? '') && text.includes(`OutageLog(`) && text.includes(`'${what}'`))),
    );
    expect(isWritten).toBe(true);
  });
});

describe('A line', () => {
  it('has its level, its event, its fields and words for people', () => {
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
