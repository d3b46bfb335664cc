/** `error`: an operator must act. `warn`: the service is degraded. `info`: the lifecycle of the node. */
export type LogLevel = 'error' | 'warn' | 'info';

/** One kind of line in the log. */
export interface LogEventRow {
  readonly level: LogLevel;
  /** Fields beside `level`, `time`, `event` and `msg`: counts, codes and states. */
  readonly fields: readonly string[];
  /** The line's `msg`, for human readers. */
  readonly text: string;
  /** For the documented table: when the line is written, and what to do. */
  readonly meaning: string;
}

/**
 * Every line that a gateway may write. Clients, calls and frames without an error are not logged: metrics count them.
 */
export const LOG_EVENTS = {
  listening: {
    level: 'info',
    fields: ['node', 'port', 'adminPort', 'engine'],
    text: 'listening',
    meaning: 'It takes clients. `node` is its name in the cluster, new at each start; `engine` is memory or redis',
  },
  drain_requested: {
    level: 'info',
    fields: [],
    text: 'an operator asks this gateway to drain',
    meaning: 'As if it had had a SIGTERM',
  },
  draining: {
    level: 'info',
    fields: ['connections'],
    text: 'draining',
    meaning: 'It was told to stop and begins to send its clients away',
  },
  stopped: {
    level: 'info',
    fields: ['seconds', 'registers', 'calls', 'failures'],
    text: 'stopped',
    meaning: 'The end of an orderly stop: how long it ran, and what it did in that time',
  },
  stopped_at_once: {
    level: 'warn',
    fields: [],
    text: 'a second signal: stopping without draining',
    meaning: 'Clients see 1006. Their routes go within 15 s',
  },
  start_failed: {
    level: 'error',
    fields: ['error', 'code'],
    text: 'the start failed',
    meaning:
      'It did not start; `msg` says why, for it is read by the operator who starts it: a port, a folder, a schema',
  },
  few_descriptors: {
    level: 'warn',
    fields: ['descriptors', 'connections'],
    text: 'the limit of open files leaves room for fewer connections than WR_MAX_CONNECTIONS',
    meaning:
      'It takes `connections` and no more, so that probes and back ends have descriptors left. Raise the limit (`LimitNOFILE`, `ulimit -n`)',
  },
  cluster_down: {
    level: 'warn',
    fields: ['state', 'code'],
    text: 'the cluster cannot be reached',
    meaning:
      '`state`: down, Redis does not do its part; deaf, this node no longer hears itself. `code` is of Redis (WRONGPASS, OOM) or of the system, where it is known. Peers of this gateway reach each other; it is not ready',
  },
  cluster_up: { level: 'info', fields: ['seconds'], text: 'the cluster is back', meaning: 'After so long' },
  database_down: {
    level: 'warn',
    fields: ['code'],
    text: 'the database cannot be reached',
    meaning: 'Nobody can register, those who are here stay. `code` is of PostgreSQL (28P01: password) or of the system',
  },
  database_up: { level: 'info', fields: ['seconds'], text: 'the database is back', meaning: 'After so long' },
  database_unavailable: {
    level: 'warn',
    fields: ['error', 'code'],
    text: 'the license database does not answer',
    meaning: 'At the start its schema could not be checked; the gateway starts all the same',
  },
  license_check_failed: {
    level: 'warn',
    fields: ['code'],
    text: 'the database answers, and yet a license could not be checked',
    meaning:
      'Registers are answered license_unavailable. `code` is of PostgreSQL: 25006 a standby, 42501 no right to write, 53100 a full disk. The first, and then at most one in 10 min',
  },
  collector_down: {
    level: 'warn',
    fields: [],
    text: 'the collector cannot be reached',
    meaning: 'Traces are lost; nothing else is',
  },
  collector_up: { level: 'info', fields: ['seconds'], text: 'the collector is back', meaning: 'After so long' },
  stalled: {
    level: 'warn',
    fields: ['seconds'],
    text: 'the process stood still',
    meaning:
      'Nothing was done for so long: stopped, starved of CPU, or its event loop blocked. From 10 s on it loses its lease',
  },
  certificate_changed: {
    level: 'info',
    fields: [],
    text: 'the certificate was read again',
    meaning: 'New connections get the new one',
  },
  certificate_refused: {
    level: 'error',
    fields: [],
    text: 'the new certificate cannot be used; the old one stays',
    meaning: 'Its files do not fit together or cannot be read: mend them before the old one runs out',
  },
  endpoint_error: {
    level: 'error',
    fields: ['code'],
    text: 'the endpoint failed',
    meaning: 'The listening socket reports an error; EMFILE: out of file descriptors',
  },
  frame_failed: {
    level: 'error',
    fields: ['error', 'code'],
    text: 'a frame could not be handled',
    meaning: 'A fault of the server: the frame was answered `internal`. Counted in wr_failures_total',
  },
  crashed: {
    level: 'error',
    fields: ['error', 'code', 'at'],
    text: 'a fault that nobody caught: the process ends at once',
    meaning:
      'Clients see 1006 and come back elsewhere; its routes go within 15 s. `at`: where in the program. Report it with the version',
  },
  nest_warning: {
    level: 'warn',
    fields: [],
    text: 'a warning of the framework',
    meaning: '`msg` is the framework’s own',
  },
  nest_error: {
    level: 'error',
    fields: [],
    text: 'an error of the framework',
    meaning: '`msg` is the framework’s own',
  },
} as const satisfies Record<string, LogEventRow>;

/** The event name of a line. */
export type LogEventName = keyof typeof LOG_EVENTS;

/** Names in the order of the table. */
export const LOG_EVENT_NAMES = Object.keys(LOG_EVENTS) as readonly LogEventName[];

/** The lines of the log as a Markdown table, for docs/logs.md. */
export function logsMarkdown(): string {
  const lines = LOG_EVENT_NAMES.map((event) => {
    const { level, fields, meaning }: LogEventRow = LOG_EVENTS[event];
    return `| \`${event}\` | ${level} | ${fields.map((field) => `\`${field}\``).join(', ')} | ${meaning} |`;
  });
  return ['| event | level | fields | meaning |', '| --- | --- | --- | --- |', ...lines].join('\n');
}
