import { parseArgs } from 'node:util';

/** How much of each to measure with. */
export interface Sample {
  readonly sessions: number;
  /** Contacts of each session. */
  readonly contacts: number;
  readonly idleSeconds: number;
  readonly signals: number;
  readonly signalsPerSecond: number;
}

/**
 * What is measured. `costs`: unit costs. `day`: a population at its true rates. `growth`: one gateway with more and more
 * sessions. `storm`: nothing; simulates the license queue under a reconnect storm.
 */
export type Mode = 'costs' | 'day' | 'growth' | 'storm';

/** What `npm run capacity` is asked for. */
export interface SampleOptions {
  readonly mode: Mode;
  readonly sample: Sample;
  readonly gateways: number;
  /** `cluster`: a Redis Cluster of three primaries. */
  readonly redis: 'single' | 'cluster';
  readonly json: boolean;
}

/** Fewer have no pairs for the calls, two gateways apart. */
const FEWEST_SESSIONS = 200;

const COSTS: Sample = { sessions: 4_000, contacts: 20, idleSeconds: 120, signals: 40_000, signalsPerSecond: 2_000 };
const DEFAULTS: Readonly<Record<Mode, Sample>> = {
  costs: COSTS,
  day: { ...COSTS, sessions: 10_000, signals: 30_000, signalsPerSecond: 1_000 },
  growth: { ...COSTS, sessions: 50_000, idleSeconds: 60 },
  storm: COSTS,
};

const USAGE = `npm run capacity [-- OPTIONS]

Measures what a session, a minute of it and a signal cost gateways, Redis and PostgreSQL on this machine: 4 minutes, and
with --sessions 400 --idle-seconds 10 --signals 2000 less than one, for less even figures.

  --day     12 minutes: where the CPU time of an hour goes. Sessions of 20 minutes and calls each 10 minutes, at their true
            rates, and the latency of signals then. Each state is measured for --idle-seconds and scaled to an hour
  --growth  10 minutes: costs of one gateway with 1,000, 10,000 and --sessions sessions
  --storm   half a minute: measures nothing, simulates the license queue with clients that come back all at once

  --sessions N (4000; --day 10000; --growth 50000)  --contacts N (20)  --idle-seconds N (120; --growth 60)
  --signals N (40000; --day 30000)  --rate N (2000 signals a second; --day 1000)
  --gateways N (2)  --redis single | cluster, of three primaries (single); --growth has one gateway and one Redis
  --json`;

/** Reads the command line: the options, or the text to print and whether that is a failure. */
export function readSampleOptions(
  args: readonly string[],
): SampleOptions | { readonly text: string; readonly failed: boolean } {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        sessions: { type: 'string' },
        contacts: { type: 'string' },
        'idle-seconds': { type: 'string' },
        signals: { type: 'string' },
        rate: { type: 'string' },
        gateways: { type: 'string', default: '2' },
        redis: { type: 'string', default: 'single' },
        json: { type: 'boolean', default: false },
        day: { type: 'boolean', default: false },
        growth: { type: 'boolean', default: false },
        storm: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    if (values.help) return { text: USAGE, failed: false };
    const mode = modeOf(values);
    const usual = DEFAULTS[mode];
    const sample: Sample = {
      sessions: whole('--sessions', values.sessions ?? usual.sessions, FEWEST_SESSIONS),
      contacts: whole('--contacts', values.contacts ?? usual.contacts, 0),
      idleSeconds: whole('--idle-seconds', values['idle-seconds'] ?? usual.idleSeconds, 1),
      signals: whole('--signals', values.signals ?? usual.signals, 1),
      signalsPerSecond: whole('--rate', values.rate ?? usual.signalsPerSecond, 1),
    };
    const gateways = whole('--gateways', values.gateways, 2);
    if (values.redis !== 'single' && values.redis !== 'cluster')
      throw new Error('--redis: expected single or cluster.');
    return { mode, sample, gateways, redis: values.redis, json: values.json };
  } catch (mistake) {
    return { text: `${mistake instanceof Error ? mistake.message : 'Unknown option.'}\n\n${USAGE}`, failed: true };
  }
}

function modeOf(flags: Readonly<Record<Exclude<Mode, 'costs'>, boolean>>): Mode {
  const [mode, ...more] = (['day', 'growth', 'storm'] as const).filter((name) => flags[name]);
  if (more.length > 0) throw new Error(`--${mode ?? ''} and --${more.join(' and --')} exclude each other.`);
  return mode ?? 'costs';
}

function whole(option: string, given: string | number, least: number): number {
  const value = Number(given);
  if (!/^\d+$/.test(String(given)) || value < least)
    throw new Error(`${option}: expected a whole number from ${least} on.`);
  return value;
}
