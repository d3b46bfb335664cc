import Table from 'cli-table3';
import { TestCluster } from '@white-rabbit/testing';
import { readSampleOptions, type SampleOptions } from './sample-options.js';
import { stormFigures, type StormFigures } from './storm/storm-figures.js';
import { unitCosts, type UnitCost } from './unit-costs.js';

// npm run capacity: what a session, a minute of it and a signal cost gateways, Redis and PostgreSQL on this machine.
// docs/capacity.md multiplies these figures; they are CPU time and memory, so a busy machine moves them little. With --storm
// how the license queue takes a reconnect storm, simulated.

/** Limits out of the way: the crowd comes at once, and a few pairs send what many would. */
const SETTINGS = {
  WR_CONNECT_RATE: '100000',
  WR_SIGNALS_PER_SECOND: '100000',
  WR_SIGNAL_BURST: '100000',
  WR_BYTES_PER_SECOND: '100000000',
  WR_BYTE_BURST: '100000000',
  WR_DRAIN_SECONDS: '0',
};

const bytes = (value: number | undefined) => (value === undefined ? '' : `${(value / 1024).toFixed(1)} KB`);
const micros = (value: number) => `${value.toFixed(value < 10 ? 1 : 0)} µs`;

function print(costs: readonly UnitCost[]): void {
  const table = new Table({
    style: { head: [], border: [] },
    head: ['of', 'gateway CPU', 'Redis CPU', 'Redis commands', 'PostgreSQL CPU', 'gateway memory', 'Redis memory'],
  });
  for (const cost of costs) {
    const [gateway, redis, postgres] = [cost.gatewayUs, cost.redisUs, cost.postgresUs].map(micros);
    const commands = cost.redisCommands.toFixed(2);
    table.push([cost.thing, gateway, redis, commands, postgres, bytes(cost.gatewayBytes), bytes(cost.redisBytes)]);
  }
  process.stdout.write(`${table.toString()}\n`);
}

function printStorms(storms: readonly StormFigures[]): void {
  const table = new Table({
    style: { head: [], border: [] },
    head: [
      'clients',
      'connections',
      'a check',
      'last one in',
      'at least',
      'refusals each',
      'goodput at twice the capacity',
    ],
  });
  for (const storm of storms) {
    const seconds = [storm.lastSeconds, storm.leastSeconds].map((value) => `${value.toFixed(0)} s`);
    const share = `${(storm.goodput * 100).toFixed(0)} %`;
    const { clients, connections, serviceMs, refusalsEach } = storm;
    table.push([clients, connections, `${serviceMs} ms`, ...seconds, refusalsEach.toFixed(1), share]);
  }
  process.stdout.write(`${table.toString()}\n`);
}

async function simulate(json: boolean): Promise<void> {
  const storms = await stormFigures();
  if (json) process.stdout.write(`${JSON.stringify(storms, null, 2)}\n`);
  else printStorms(storms);
}

async function measure({ sample, gateways, redis, json }: SampleOptions): Promise<void> {
  const running = await TestCluster.start(gateways, { env: SETTINGS, redis });
  try {
    const costs = await unitCosts(running, { sample, redis }, (text) => process.stderr.write(`measuring ${text}\n`));
    if (json) process.stdout.write(`${JSON.stringify(costs, null, 2)}\n`);
    else print(costs);
  } finally {
    await running.stop();
  }
}

const options = readSampleOptions(process.argv.slice(2));
if ('text' in options) {
  process[options.failed ? 'stderr' : 'stdout'].write(`${options.text}\n`);
  process.exitCode = options.failed ? 2 : 0;
} else if (options.storm) await simulate(options.json);
else await measure(options);
