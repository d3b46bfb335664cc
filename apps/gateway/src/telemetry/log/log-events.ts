import type { Logger } from 'pino';

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
    meaning:
      'The gateway accepts clients. `node`: its name in the cluster, new at each start. `engine`: memory or redis',
  },
  drain_requested: {
    level: 'info',
    fields: [],
    text: 'an operator requested a drain',
    meaning: 'An operator requested a drain with `wr-admin`; the gateway handles it like SIGTERM',
  },
  draining: {
    level: 'info',
    fields: ['connections'],
    text: 'draining',
    meaning: 'The gateway received SIGTERM or a request to drain, and begins to close its connections',
  },
  stopped: {
    level: 'info',
    fields: ['seconds', 'registers', 'calls', 'failures'],
    text: 'stopped',
    meaning: 'The gateway has drained and exits: its uptime and its totals',
  },
  stopped_at_once: {
    level: 'warn',
    fields: [],
    text: 'a second signal: the gateway exits without a drain',
    meaning: 'Clients see close code 1006. Other nodes remove their routes within 15 s',
  },
  start_failed: {
    level: 'error',
    fields: ['error', 'code'],
    text: 'the start failed',
    meaning:
      'The gateway did not start and exits. `msg` names the cause for the operator: a port, a folder or a schema',
  },
  few_descriptors: {
    level: 'warn',
    fields: ['descriptors', 'connections'],
    text: 'the limit of open files allows fewer connections than WR_MAX_CONNECTIONS',
    meaning:
      'The gateway accepts at most `connections`, so that probes and back ends have descriptors left. Raise the limit (`LimitNOFILE`, `ulimit -n`)',
  },
  any_host: {
    level: 'warn',
    fields: [],
    text: 'proofs of identity are accepted for any host',
    meaning:
      'WR_PUBLIC_HOSTS is not set: a server that clients were lured to could use their proofs here. Set it to the hosts that clients dial',
  },
  cluster_down: {
    level: 'warn',
    fields: ['state', 'code'],
    text: 'the cluster cannot be reached',
    meaning:
      '`state`: `down`, Redis does not answer or refuses commands; `unreachable`, this node does not receive its own messages. `code`: of Redis (WRONGPASS, OOM) or of the system, if known. Peers of this gateway still reach each other; /readyz fails',
  },
  cluster_up: {
    level: 'info',
    fields: ['seconds'],
    text: 'the cluster is back',
    meaning: '`seconds`: the duration of the outage',
  },
  database_down: {
    level: 'warn',
    fields: ['code'],
    text: 'the database cannot be reached',
    meaning: 'No client can register; sessions stay. `code`: of PostgreSQL (28P01: wrong password) or of the system',
  },
  database_up: {
    level: 'info',
    fields: ['seconds'],
    text: 'the database is back',
    meaning: '`seconds`: the duration of the outage',
  },
  database_unavailable: {
    level: 'warn',
    fields: ['error', 'code'],
    text: 'the license database does not answer',
    meaning: 'The gateway could not check the schema at its start, and starts without the check',
  },
  license_check_failed: {
    level: 'warn',
    fields: ['code'],
    text: 'the database answers, but a license check failed',
    meaning:
      'The gateway answers `register` with license_unavailable. `code`: of PostgreSQL; 25006 a standby, 42501 no right to write, 53100 a full disk. At most one line in 10 min',
  },
  collector_down: {
    level: 'warn',
    fields: [],
    text: 'the collector cannot be reached',
    meaning: 'The gateway drops traces; clients are not affected',
  },
  collector_up: {
    level: 'info',
    fields: ['seconds'],
    text: 'the collector is back',
    meaning: '`seconds`: the duration of the outage',
  },
  stalled: {
    level: 'warn',
    fields: ['seconds'],
    text: 'the process did not run',
    meaning:
      'The event loop did not run for `seconds`: the process was suspended, had no CPU time, or was blocked. After 10 s the node loses its lease',
  },
  certificate_changed: {
    level: 'info',
    fields: [],
    text: 'the certificate was read again',
    meaning: 'New connections use the new certificate',
  },
  certificate_refused: {
    level: 'error',
    fields: [],
    text: 'the new certificate cannot be used; the old one stays',
    meaning:
      'The certificate and the key do not match, or a file cannot be read. Fix the files before the old certificate expires',
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
    meaning: 'An error of the server: it answered the frame with `internal`. Counted in `wr_failures_total`',
  },
  crashed: {
    level: 'error',
    fields: ['error', 'code', 'at'],
    text: 'an uncaught error: the process exits at once',
    meaning:
      'Clients see close code 1006 and connect to other nodes; these remove the routes within 15 s. `at`: the place in the program. Report the line and the version',
  },
  nest_warning: {
    level: 'warn',
    fields: [],
    text: 'a warning of the framework',
    meaning: '`msg`: the text of the framework',
  },
  nest_error: {
    level: 'error',
    fields: [],
    text: 'an error of the framework',
    meaning: '`msg`: the text of the framework',
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

/** The fields of a line beside its event, as the table lists them for it. */
export type LogFields<E extends LogEventName> = Readonly<
  Partial<Record<(typeof LOG_EVENTS)[E]['fields'][number], string | number | undefined>>
>;

/** Writes one line with the level and the text of the table. `text` replaces the text of the table. */
export function logEvent<E extends LogEventName>(log: Logger, event: E, fields?: LogFields<E>, text?: string): void {
  const row: LogEventRow = LOG_EVENTS[event];
  log[row.level]({ event, ...fields }, text ?? row.text);
}
