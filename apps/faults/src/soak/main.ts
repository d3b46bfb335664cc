#!/usr/bin/env node
// The program of `npm run soak`.
import { parseArgs } from 'node:util';
import type { Topology } from '@white-rabbit/testing';
import { newSeed, numberIn } from '../options.js';
import { runRows } from '../run-rows.js';
import { soak } from './soak.js';

const USAGE = `npm run soak [-- --minutes N --seed N --redis single|sentinel|cluster]

Runs gateways under simulated clients for that time (30 minutes), while faults happen at random and at the same time. Exit
code 1: the oracle found a violation, or something did not return to its base. --seed repeats the choices of a run; --redis is
single unless it is given.`;

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

const TOPOLOGIES: readonly Topology[] = ['single', 'sentinel', 'cluster'];

/** @throws Error if it is none. */
function topologyIn(text: string): Topology {
  const found = TOPOLOGIES.find((topology) => topology === text);
  if (found === undefined) throw new Error(`--redis: expected ${TOPOLOGIES.join(', ')}.`);
  return found;
}

async function main(args: readonly string[]): Promise<number> {
  let minutes: number;
  let seed: number;
  let redis: Topology;
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        minutes: { type: 'string', default: '30' },
        seed: { type: 'string' },
        redis: { type: 'string', default: 'single' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    if (values.help) {
      say(USAGE);
      return 0;
    }
    minutes = numberIn('--minutes', values.minutes);
    seed = values.seed === undefined ? newSeed() : numberIn('--seed', values.seed);
    redis = topologyIn(values.redis);
  } catch (mistake) {
    process.stderr.write(`${mistake instanceof Error ? mistake.message : 'Unknown option.'}\n\n${USAGE}\n`);
    return 2;
  }
  say(`${minutes} minutes, seed ${seed}, Redis: ${redis}`);
  const row = {
    // The seed alone decides.
    number: 0,
    title: 'All faults at random',
    promise: 'no violation; memory, descriptors, keys and gauges return to their base',
    run: (run: Parameters<typeof soak>[0]) => soak(run, minutes, redis),
  };
  const [report] = await runRows([row], { seed, scale: 1, say });
  const isKept = report?.result.status === 'kept';
  if (!isKept) say(`Repeat it: npm run soak -- --minutes ${minutes} --seed ${seed} --redis ${redis}`);
  return isKept ? 0 : 1;
}

process.exitCode = await main(process.argv.slice(2));
