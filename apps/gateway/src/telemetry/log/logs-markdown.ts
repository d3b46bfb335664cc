import { LOG_EVENT_NAMES, LOG_EVENTS, type LogEventRow } from './log-events.js';

/** The lines of the log as a Markdown table, for docs/logs.md. */
export function logsMarkdown(): string {
  const lines = LOG_EVENT_NAMES.map((event) => {
    const { level, fields, meaning }: LogEventRow = LOG_EVENTS[event];
    return `| \`${event}\` | ${level} | ${fields.map((field) => `\`${field}\``).join(', ')} | ${meaning} |`;
  });
  return ['| event | level | fields | meaning |', '| --- | --- | --- | --- |', ...lines].join('\n');
}
