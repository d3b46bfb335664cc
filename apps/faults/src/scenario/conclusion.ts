import { keysLeft, routesLeft } from './left-overs.js';
import { addSignalFigures, type SignalLimits } from './signal-limits.js';
import type { Scenario } from './scenario.js';

/** From the end of the traffic until the last outcome is due. Milliseconds. */
const LAST_OUTCOME_MS = 9_000;
/** The gauges of a gateway are at 0 this long after its last client has left. Milliseconds. */
const IDLE_MS = 15_000;

/** Gauges that are 0 at a gateway without clients. Ends of calls are kept for 10 minutes for a node that was killed. */
const IDLE_AT_ZERO = [
  'wr_connections',
  'wr_unregistered_connections',
  'wr_registers_in_flight',
  'wr_sessions',
  'wr_routes',
  'wr_calls',
  'wr_watched_peers',
  'wr_inbox_frames',
  'wr_outgoing_bytes',
  'wr_node_requests_pending',
  'wr_node_messages_queued',
  'wr_route_releases_pending',
  'wr_license_queue',
  'wr_claim_queue',
];

/**
 * Ends the traffic, the clients and the gateways, checks that nothing is left of them, and reports what the oracle has
 * found.
 *
 * @param signals what the fault allows of the outcomes.
 * @param mayStay gauges that the fault keeps above 0.
 */
export async function conclude(
  scenario: Scenario,
  signals: SignalLimits,
  ...mayStay: readonly string[]
): Promise<void> {
  const { clients, fleet, oracle, run } = scenario;
  run.say('waiting for the last outcomes');
  scenario.stopTraffic();
  await scenario.pass(LAST_OUTCOME_MS);
  oracle.judge();
  const { views, wrong } = oracle.presence;
  const watches = clients.staying.reduce((sum, { identity }) => sum + (identity.contacts?.length ?? 0), 0);
  addSignalFigures(run.figures, oracle.signals.figures, signals);
  clients.leave();
  run.say('waiting until Redis is empty');
  expectNone(scenario, 'after the last client', await routesLeft(scenario, oracle.disturbances.lastKillMs));
  await scenario.until(async () => (await busyGauges(scenario, mayStay)).length === 0, IDLE_MS);
  const gauges = await busyGauges(scenario, mayStay);
  if (gauges.length > 0) run.say(`above 0 without clients: ${gauges.join(', ')}`);
  run.figures.add('gauges above 0 without clients', gauges.length, '', { exactly: 0 });
  await fleet.stop();
  expectNone(scenario, 'after the last gateway', await keysLeft(scenario));
  report(scenario);
  run.figures.add('presence views at the end', views, '', { exactly: watches });
  run.figures.add('of these wrong', wrong, '', { exactly: 0 });
}

function expectNone({ oracle }: Scenario, when: string, keys: readonly string[]): void {
  if (keys.length > 0) oracle.violations.add('left_over', `${keys.slice(0, 3).join()} ${when}`, keys.length);
}

/** Names of the gauges that are not back at 0. */
async function busyGauges({ fleet }: Scenario, mayStay: readonly string[]): Promise<readonly string[]> {
  const values = await Promise.all(IDLE_AT_ZERO.map((gauge) => fleet.metric(gauge)));
  return IDLE_AT_ZERO.filter((gauge, index) => values[index] !== 0 && !mayStay.includes(gauge));
}

function report({ clients, oracle, run, stalledMs }: Scenario): void {
  const { violations, requests } = oracle;
  run.figures.add('violations of the oracle', violations.total, '', { exactly: 0 });
  run.figures.add('requests answered', requests.answers);
  run.figures.add('not observed by this process', Math.round(stalledMs), 'ms');
  run.say(`outcomes of signals in calls at the same gateway or across two: ${oracle.outcomes.text}`);
  for (const line of violations.lines) run.say(line);
  const closes = [...clients.closes].map(([code, count]) => `${code}: ${count}`).join(', ');
  run.say(`connections ended with ${closes}`);
}
