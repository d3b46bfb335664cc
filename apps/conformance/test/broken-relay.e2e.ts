import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { cluster } from '@white-rabbit/testing';
import type { Cluster } from '@white-rabbit/testing';
import { KEYS_NEEDED } from '../src/key-file.js';
import { KeyRing } from '../src/key-ring.js';
import { ALL_RULES } from '../src/rules/all-rules.js';
import { runRules } from '../src/run-rules.js';
import type { Finding } from '../src/run-rules.js';
import { BrokenRelay } from './broken-relay.js';
import type { Fault } from './broken-relay.js';

/** Starting and stopping a cluster on a busy machine. Milliseconds. */
const CLUSTER_MS = 90_000;

let gateways: Cluster;
// One ring for all checks: each key rests as long as can be, so that none comes near the limits of a minute.
let keys: KeyRing;
let spareKey: string;

beforeAll(async () => {
  gateways = await cluster(1, { env: { WR_TURN_URLS: 'turn:turn.example.com', WR_TURN_SECRET: 'north' } });
  const issued = await gateways.licenses.issue({ count: KEYS_NEEDED * 4 });
  const [spare = '', ...others] = issued.map(({ license_key }) => license_key);
  spareKey = spare;
  keys = new KeyRing(others);
}, CLUSTER_MS);
afterAll(() => gateways.stop(), CLUSTER_MS);

/** Checks the rule with these words against a relay with that fault. */
async function check(words: string, fault: Fault): Promise<readonly Finding[]> {
  const relay = await BrokenRelay.start(gateways.gateway(0).url, fault);
  const keyFile = { active: [], revoked: [], expired: [] };
  const stand = { urls: [relay.url] as const, keys, spareKey, keyFile };
  const rules = ALL_RULES.filter(({ says, needs }) => says.includes(words) && needs.length === 0);
  try {
    return await runRules(rules, stand, { quick: true, onFinding: () => undefined });
  } finally {
    await relay.stop();
  }
}

const replaced = (from: string, to: string): Fault => ({ down: (text) => [text.replace(from, to)] });

let asked = 0;

const FAULTS: readonly (readonly [what: string, words: string, fault: Fault])[] = [
  [
    'decodes and encodes signals',
    'the very text it was sent as',
    { down: (text) => [JSON.stringify(JSON.parse(text))] },
  ],
  [
    'sends signals twice',
    'arrives once and in order',
    { down: (text) => (text.includes('"n":7}') ? [text, text] : [text]) },
  ],
  ['loses a signal', 'arrives once and in order', { down: (text) => (text.includes('"n":7}') ? [] : [text]) }],
  ['forgets refs', 'carries the ref of its frame', replaced(',"ref":', ',"more":')],
  ['shows a ref to the other peer', 'never sees a ref', replaced('{"event":"ring",', '{"event":"ring","ref":"mine",')],
  ['has its own reasons', 'reaches the callee as cancelled', replaced('"cancelled"', '"hangup"')],
  [
    'lets both calls ring on',
    'goes on, though the larger rang first',
    { down: (text) => (text.includes('"glare"') ? [] : [text]) },
  ],
  ['mixes up codes', 'only the callee accepts or rejects', replaced('"call_not_active"', '"call_not_found"')],
  [
    'tells why a key is wrong',
    'told apart by nobody',
    { down: (text) => [text.replace('is not valid', `is wrong (${(asked += 1)})`)] },
  ],
  ['sends fields of its own', 'registered tells the peer', replaced('"region":', '"country":"x","region":')],
  [
    'closes a replaced socket with another code',
    'the newest socket of a device wins',
    { close: (code) => (code === 4503 ? 4001 : code) },
  ],
  [
    'answers what it does not know with nothing',
    'an unknown event is answered',
    { down: (text) => (text.includes('unknown_event') ? [] : [text]) },
  ],
  [
    'offers relays to the caller alone',
    'relays are offered to both sides',
    { down: (text) => [text.startsWith('{"event":"ack"') ? text.replace('"ice_servers":', '"more":') : text] },
  ],
  [
    'gives credentials that last for ever',
    'relays are offered to both sides',
    { down: (text) => [text.replace(/"username":"1/, '"username":"2')] },
  ],
  ['has other times', 'the times of the heartbeat', replaced('"heartbeat_interval":30', '"heartbeat_interval":300')],
];

describe('The kit', () => {
  it.each(FAULTS)('finds out a server that %s', async (_, words, fault) => {
    expect(await check(words, {})).toMatchObject([{ verdict: { outcome: 'pass' } }]);
    expect(await check(words, fault)).toMatchObject([
      { verdict: { outcome: 'fail', reason: expect.stringMatching(/.+/) } },
    ]);
  });
});
