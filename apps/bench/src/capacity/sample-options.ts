import { parseArgs } from 'node:util';

/** How much of each to measure with. */
export interface Sample {
  readonly sessions: number;
  /** Contacts of each session, all of them online. */
  readonly contacts: number;
  readonly idleSeconds: number;
  readonly signals: number;
  readonly signalsPerSecond: number;
}

/** What `npm run capacity` is asked for. */
export interface SampleOptions {
  readonly sample: Sample;
  readonly gateways: number;
  /** `cluster`: a Redis Cluster of three primaries. */
  readonly redis: 'single' | 'cluster';
  /** Simulate the license queue under a reconnect storm, and measure nothing. */
  readonly storm: boolean;
  readonly json: boolean;
}

/** Fewer have no pairs for the calls, two gateways apart. */
const FEWEST_SESSIONS = 200;

const USAGE = `npm run capacity [-- OPTIONS]

Measures what a session, a minute of it and a signal cost gateways, Redis and PostgreSQL on this machine: 4 minutes, and
with --sessions 400 --idle-seconds 10 --signals 2000 less than one, for less even figures.

  --sessions N (4000)  --contacts N (20)  --idle-seconds N (120)  --signals N (40000)  --rate N (2000 signals a second)
  --gateways N (2)  --redis single | cluster, of three primaries (single)
  --json
  --storm  measures nothing: simulates the license queue with clients that come back all at once, half a minute`;

/** Reads the command line: the options, or the text to print and whether that is a failure. */
export function readSampleOptions(
  args: readonly string[],
): SampleOptions | { readonly text: string; readonly failed: boolean } {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        sessions: { type: 'string', default: '4000' },
        contacts: { type: 'string', default: '20' },
        'idle-seconds': { type: 'string', default: '120' },
        signals: { type: 'string', default: '40000' },
        rate: { type: 'string', default: '2000' },
        gateways: { type: 'string', default: '2' },
        redis: { type: 'string', default: 'single' },
        json: { type: 'boolean', default: false },
        storm: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    if (values.help) return { text: USAGE, failed: false };
    const sample: Sample = {
      sessions: whole('--sessions', values.sessions, FEWEST_SESSIONS),
      contacts: whole('--contacts', values.contacts, 0),
      idleSeconds: whole('--idle-seconds', values['idle-seconds'], 1),
      signals: whole('--signals', values.signals, 1),
      signalsPerSecond: whole('--rate', values.rate, 1),
    };
    const gateways = whole('--gateways', values.gateways, 2);
    if (values.redis !== 'single' && values.redis !== 'cluster')
      throw new Error('--redis: expected single or cluster.');
    return { sample, gateways, redis: values.redis, storm: values.storm, json: values.json };
  } catch (mistake) {
    return { text: `${mistake instanceof Error ? mistake.message : 'Unknown option.'}\n\n${USAGE}`, failed: true };
  }
}

function whole(option: string, text: string, least: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < least) throw new Error(`${option}: expected a whole number from ${least} on.`);
  return value;
}
