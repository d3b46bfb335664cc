import { keysIn, redisServers } from './redis-servers.js';
import type { Scenario } from './scenario.js';

/** From the end of the traffic until the last outcome is due. Milliseconds. */
const LAST_OUTCOME_MS = 9_000;
/** Routes expire after 60 s without their node, the lease of a node after 10 s. Milliseconds. */
const ROUTES_GONE_MS = 75_000;
const LEASES_GONE_MS = 15_000;

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
 * @param mayStay gauges that the fault keeps above 0.
 */
export async function conclude(scenario: Scenario, ...mayStay: readonly string[]): Promise<void> {
  const { clients, fleet, oracle, run } = scenario;
  run.say('waiting for the last outcomes');
  scenario.stopTraffic();
  await scenario.pass(LAST_OUTCOME_MS);
  oracle.judge();
  const { views, wrong } = oracle.presence;
  clients.leave();
  run.say('waiting until Redis is empty');
  await expectNoRoutes(scenario);
  await scenario.until(async () => (await busyGauges(scenario, mayStay)).length === 0, ROUTES_GONE_MS);
  const gauges = await busyGauges(scenario, mayStay);
  if (gauges.length > 0) run.say(`above 0 without clients: ${gauges.join(', ')}`);
  run.figures.add('gauges above 0 without clients', gauges.length, '', { exactly: 0 });
  await fleet.stop();
  await expectNoKeys(scenario);
  report(scenario);
  run.figures.add('presence views at the end', views, '', { atLeast: 1 });
  run.figures.add('of these wrong', wrong, '', { exactly: 0 });
}

async function expectNoRoutes(scenario: Scenario): Promise<void> {
  const routes = async () => (await keys(scenario)).filter((key) => key.startsWith('wr:route:'));
  await scenario.until(async () => (await routes()).length === 0, ROUTES_GONE_MS);
  const left = await routes();
  if (left.length > 0) scenario.oracle.violations.add('left_over', 'routes after the last client', left.length);
}

async function expectNoKeys(scenario: Scenario): Promise<void> {
  await scenario.until(async () => (await keys(scenario)).length === 0, LEASES_GONE_MS);
  const left = await keys(scenario);
  if (left.length > 0) scenario.oracle.violations.add('left_over', left.slice(0, 3).join(), left.length);
}

function keys({ cluster, topology }: Scenario): Promise<readonly string[]> {
  return keysIn(redisServers(cluster, topology));
}

/** Names of the gauges that are not back at 0. */
async function busyGauges({ fleet }: Scenario, mayStay: readonly string[]): Promise<readonly string[]> {
  const values = await Promise.all(IDLE_AT_ZERO.map((gauge) => fleet.metric(gauge)));
  return IDLE_AT_ZERO.filter((gauge, index) => values[index] !== 0 && !mayStay.includes(gauge));
}

function report({ clients, oracle, run, stalledMs }: Scenario): void {
  const { violations, signals, requests } = oracle;
  const { sent, arrived, acked, refused, unproven, abandoned } = signals.figures;
  run.figures.add('violations of the oracle', violations.total, '', { exactly: 0 });
  run.figures.add('signals sent', sent);
  run.figures.add('arrived', arrived);
  run.figures.add('acknowledged', acked);
  run.figures.add('answered with an error', refused);
  run.figures.add('with a connection that ended', unproven + abandoned);
  run.figures.add('requests answered', requests.answers);
  run.figures.add('not observed by this process', Math.round(stalledMs), 'ms');
  for (const line of violations.lines) run.say(line);
  const closes = [...clients.closes].map(([code, count]) => `${code}: ${count}`).join(', ');
  run.say(`connections ended with ${closes}`);
}
