import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TestCluster } from '@white-rabbit/testing';
import { KEYS_NEEDED, keysByUse } from '../src/license-keys.js';
import { ALL_RULES } from '../src/rules/all-rules.js';
import { runRules, type RuleReport } from '../src/run-rules.js';
import { BrokenRelay, type Fault } from './broken-relay.js';

/** Time limit for starting and stopping a cluster on a busy machine. Milliseconds. */
const CLUSTER_MS = 90_000;

let gateways: TestCluster;
// The same rings for all checks, so that no key reaches a limit per minute.
let keys: ReturnType<typeof keysByUse>;

beforeAll(async () => {
  gateways = await TestCluster.start(1, { env: { WR_TURN_URLS: 'turn:turn.example.com', WR_TURN_SECRET: 'north' } });
  const issued = await gateways.licenses.issue({ count: KEYS_NEEDED * 4 });
  keys = keysByUse({ active: issued.map(({ license_key }) => license_key) });
}, CLUSTER_MS);
afterAll(() => gateways.stop(), CLUSTER_MS);

/** Checks the rules whose title contains these words against a relay with this fault. */
async function check(words: string, fault: Fault): Promise<readonly RuleReport[]> {
  const relay = await BrokenRelay.start(gateways.gateway(0).url, fault);
  const keyFile = { active: [], revoked: [], expired: [] };
  const target = { urls: [relay.url] as const, ...keys, keyFile };
  const rules = ALL_RULES.filter(({ title, needs }) => title.includes(words) && needs.length === 0);
  try {
    return await runRules(rules, target, { quick: true, onReport: () => undefined });
  } finally {
    await relay.stop();
  }
}

const replaced = (from: string, to: string): Fault => ({ down: (text) => [text.replace(from, to)] });

let attempts = 0;

/** Sends each ack behind the next frame if that is this event, otherwise before it. */
function acksBehind(event: string): (text: string) => readonly string[] {
  let held: string[] = [];
  return (text) => {
    if (text.startsWith('{"event":"ack"')) {
      held.push(text);
      return [];
    }
    const late = held;
    held = [];
    return text.startsWith(`{"event":"${event}"`) ? [text, ...late] : [...late, text];
  };
}

const FAULTS: readonly (readonly [what: string, words: string, fault: Fault])[] = [
  [
    'decodes and encodes signals',
    'the exact text that was sent',
    { down: (text) => [JSON.stringify(JSON.parse(text))] },
  ],
  [
    'sends signals twice',
    'arrives once and in order',
    { down: (text) => (text.includes('"n":7}') ? [text, text] : [text]) },
  ],
  [
    'sends the ack of a call behind its accept',
    'ack of a call comes before its accept',
    { down: acksBehind('accept') },
  ],
  [
    'sends the ack of an accept behind the first signal',
    'ack of a call comes before its accept',
    { down: acksBehind('signal') },
  ],
  ['loses a signal', 'arrives once and in order', { down: (text) => (text.includes('"n":7}') ? [] : [text]) }],
  ['forgets refs', 'carries the ref of its request', replaced(',"ref":', ',"more":')],
  [
    'shows a ref to the other peer',
    'never receives a ref',
    replaced('{"event":"ring",', '{"event":"ring","ref":"mine",'),
  ],
  ['sends another reason', 'callee receives hangup with cancelled', replaced('"cancelled"', '"hangup"')],
  [
    'lets both calls of a glare ring',
    'if the larger rang first',
    { down: (text) => (text.includes('"glare"') ? [] : [text]) },
  ],
  ['confuses error codes', 'except the first of the callee', replaced('"call_not_active"', '"call_not_found"')],
  [
    'reveals why a key is invalid',
    'with the same license_invalid',
    { down: (text) => [text.replace('is not valid', `is wrong (${(attempts += 1)})`)] },
  ],
  ['sends additional fields', 'registered carries the peer', replaced('"region":', '"country":"x","region":')],
  [
    'closes a replaced socket with another code',
    'newest socket of a device replaces',
    { close: (code) => (code === 4503 ? 4001 : code) },
  ],
  [
    'does not answer unknown events',
    'answers an unknown event',
    { down: (text) => (text.includes('unknown_event') ? [] : [text]) },
  ],
  [
    'offers ICE servers to the caller only',
    'offers ICE servers to both sides',
    { down: (text) => [text.startsWith('{"event":"ack"') ? text.replace('"ice_servers":', '"more":') : text] },
  ],
  [
    'issues credentials without expiry',
    'offers ICE servers to both sides',
    { down: (text) => [text.replace(/"username":"1/, '"username":"2')] },
  ],
  [
    'announces other heartbeat times',
    'the times of the heartbeat',
    replaced('"heartbeat_interval":30', '"heartbeat_interval":300'),
  ],
  [
    'sends the same challenge to all',
    'another nonce on every connection',
    { down: (text) => [text.replace(/"nonce":"[^"]+"/, `"nonce":"${'A'.repeat(22)}"`)] },
  ],
  [
    'sends another frame before the challenge',
    'and sends challenge first',
    { down: (text) => (text.includes('"challenge"') ? ['{"event":"heartbeat","data":{"ack":true}}', text] : [text]) },
  ],
  [
    'closes with the code of licenses after an invalid proof',
    'a proof by another key',
    { close: (code) => (code === 4502 ? 4501 : code) },
  ],
  [
    'gives another reason for an invalid proof',
    'a proof of another connection',
    replaced('"proof_invalid"', '"proof_required"'),
  ],
];

describe('The conformance rules', () => {
  it.each(FAULTS)('detect a server that %s', async (_, words, fault) => {
    expect(await check(words, {})).toMatchObject([{ result: { status: 'pass' } }]);
    expect(await check(words, fault)).toMatchObject([
      { result: { status: 'fail', reason: expect.stringMatching(/.+/) } },
    ]);
  });
});
