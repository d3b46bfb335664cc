import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { callId, CLUSTER_START_MS, eventually, TestCluster, TestKey } from '@white-rabbit/testing';
import { OtlpCollector } from './otlp-collector.js';
import { prover } from './prover.js';
import { GENEROUS } from './settings.js';

const NOTE_MODULES = { NODE_OPTIONS: `--import ${new URL('note-modules.mjs', import.meta.url).href}` };
/** Names of the attributes that a span may have, with their allowed values. */
const ATTRIBUTES = { 'wr.outcome': /^[a-z_]{1,32}$/, 'wr.path': /^(same_node|across)$/ } as const;
const REGION = 'region-of-the-test';

let collector: OtlpCollector;

beforeAll(async () => {
  collector = await OtlpCollector.start();
});
afterAll(() => {
  collector.stop();
});

/** The spans of that name with their outcomes. */
const outcomes = (name: string) =>
  collector.spans.filter((span) => span.name === name).map(({ attributes }) => attributes['wr.outcome']);

describe('A gateway with a collector', () => {
  let cluster: TestCluster;

  beforeAll(async () => {
    const otlp = { WR_OTLP_URL: collector.url, WR_OTLP_SAMPLE: '1', WR_REGION: REGION };
    cluster = await TestCluster.start(2, { env: { ...GENEROUS, ...NOTE_MODULES, ...otlp } });
  }, CLUSTER_START_MS);
  afterAll(() => cluster.stop(), CLUSTER_START_MS);

  it(
    'sends the results of registers, calls and the drain, and no id of a client',
    async () => {
      const [alice, bob] = await cluster.pair(1);
      const carol = await cluster.peer('carol');
      const call = callId('canary-call');
      await cluster.call(alice, bob, call);
      await alice.ask('signal', { call_id: call, signal: { sdp: 'canary-sdp-of-alice' } });
      await cluster.ring(alice, carol);
      await alice.ask('call', { peer_id: 'canary-unknown-peer', call_id: callId('canary-call') });
      const unregistered = await cluster.connect('unregistered');
      await unregistered.ask('register', { ...unregistered.identity, license_key: alice.license_key });
      const key = new TestKey();
      const named = { ...(await cluster.identity('key')), peer_id: key.peerId };
      const [keyed, replayed] = [await prover(cluster, named, key), await prover(cluster, named, key)];
      const proof = key.prove(keyed.socket.url, keyed.nonce, named);
      for (const peer of [keyed, replayed]) await peer.ask('register', { ...named, proof });
      await Promise.all(cluster.gateways.map((gateway) => gateway.stop()));
      expect(cluster.gateway(0).logged('stopped')).toHaveLength(1);

      expect(outcomes('register').sort()).toEqual([
        ...['accepted', 'accepted', 'accepted', 'accepted'],
        ...['license_device_limit', 'proof_invalid'],
      ]);
      expect(outcomes('register.database')).toEqual(['ok', 'ok', 'ok', 'ok', 'ok']);
      expect(outcomes('register.claim')).toEqual(['ok', 'ok', 'ok', 'ok']);
      expect(outcomes('call').sort()).toEqual(['ok', 'ok', 'peer_offline']);
      expect(collector.spans.flatMap(({ attributes }) => attributes['wr.path'] ?? []).sort()).toEqual([
        'across',
        'same_node',
      ]);
      expect(outcomes('drain')).toEqual(['ok', 'ok']);

      for (const span of collector.spans.filter(({ name }) => name.includes('.'))) {
        const parent = collector.spans.find(({ spanId }) => spanId === span.parentSpanId);
        expect([parent?.name, parent?.traceId]).toEqual(['register', span.traceId]);
      }
      for (const { attributes } of collector.spans) {
        for (const [name, value] of Object.entries(attributes)) {
          expect(value).toMatch(ATTRIBUTES[name as keyof typeof ATTRIBUTES]);
        }
      }
      const everything = collector.texts.join('\n').toLowerCase();
      const peers = [alice, bob, carol, unregistered, keyed];
      const names = peers.flatMap(({ peer_id, device_id, license_key }) => [peer_id, device_id, license_key]);
      const proofs = [key.publicKey, proof.signature, keyed.nonce, replayed.nonce];
      for (const canary of [
        ...names,
        ...proofs,
        call,
        'canary',
        ...cluster.gateways.map(({ port }) => `:${port}/ws`),
      ]) {
        expect(everything).not.toContain(canary.toLowerCase());
      }
      for (const resource of collector.resources) {
        expect(resource).toEqual({
          'service.name': 'white-rabbit-gateway',
          'service.version': expect.any(String),
          'cloud.region': REGION,
        });
      }
      // Without spans, the absence below would prove nothing.
      expect(cluster.gateway(0).lines.filter((line) => line.startsWith('loaded ')).length).toBeGreaterThan(5);
    },
    CLUSTER_START_MS,
  );
});

describe('A gateway whose collector refuses batches', () => {
  it(
    'continues, and logs it once',
    async () => {
      collector.isBroken = true;
      const env = { ...GENEROUS, WR_OTLP_URL: collector.url, WR_OTLP_SAMPLE: '1' };
      const cluster = await TestCluster.start(1, { env });
      try {
        await cluster.call(...(await cluster.pair()));
        const [gateway] = cluster.gateways;
        await eventually('the log says so', () => gateway?.logged('collector_down').length === 1, {
          deadlineMs: 20_000,
        });
        await cluster.call(...(await cluster.pair()));
      } finally {
        await cluster.stop();
      }
    },
    CLUSTER_START_MS,
  );
});

describe('A gateway without a collector', () => {
  it(
    'loads no module of OpenTelemetry',
    async () => {
      const cluster = await TestCluster.start(1, { env: { ...GENEROUS, ...NOTE_MODULES } });
      try {
        await cluster.call(...(await cluster.pair()));
        expect(cluster.gateway(0).lines.filter((line) => line.startsWith('loaded '))).toEqual([]);
      } finally {
        await cluster.stop();
      }
    },
    CLUSTER_START_MS,
  );
});
