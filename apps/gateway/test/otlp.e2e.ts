import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { callId, eventually, Stage } from '@white-rabbit/testing';
import { OtlpCollector } from './otlp-collector.js';
import { GENEROUS, STAGE_MS } from './settings.js';

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
  let stage: Stage;

  beforeAll(async () => {
    const otlp = { WR_OTLP_URL: collector.url, WR_OTLP_SAMPLE: '1', WR_REGION: REGION };
    stage = await Stage.open(2, { env: { ...GENEROUS, ...NOTE_MODULES, ...otlp } });
  }, STAGE_MS);
  afterAll(() => stage.close(), STAGE_MS);

  it(
    'sends the results of registers, calls and the drain, and no id of a client',
    async () => {
      const [alice, bob] = await stage.pair(1);
      const carol = await stage.player('carol');
      const call = callId('canary-call');
      await stage.call(alice, bob, call);
      await alice.ask('signal', { call_id: call, signal: { sdp: 'canary-sdp-of-alice' } });
      await stage.ring(alice, carol);
      await alice.ask('call', { peer_id: 'canary-nobody-at-all', call_id: callId('canary-call') });
      const stranger = await stage.stranger('stranger');
      await stranger.ask('register', { ...stranger.identity, license_key: alice.license_key });
      await Promise.all(stage.cluster.gateways.map((gateway) => gateway.stop()));
      expect(stage.cluster.gateway(0).logged('stopped')).toHaveLength(1);

      expect(outcomes('register').sort()).toEqual(['accepted', 'accepted', 'accepted', 'license_device_limit']);
      expect(outcomes('register.database')).toEqual(['ok', 'ok', 'ok', 'ok']);
      expect(outcomes('register.claim')).toEqual(['ok', 'ok', 'ok']);
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
      const people = [alice, bob, carol, stranger];
      const names = people.flatMap((who) => [who.peer_id, who.device_id, who.license_key]);
      for (const canary of [...names, call, 'canary', ...stage.cluster.gateways.map(({ port }) => `:${port}/ws`)]) {
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
      expect(stage.cluster.gateway(0).lines.filter((line) => line.startsWith('loaded ')).length).toBeGreaterThan(5);
    },
    STAGE_MS,
  );
});

describe('A gateway whose collector refuses batches', () => {
  it(
    'continues, and logs it once',
    async () => {
      collector.isBroken = true;
      const env = { ...GENEROUS, WR_OTLP_URL: collector.url, WR_OTLP_SAMPLE: '1' };
      const stage = await Stage.open(1, { env });
      try {
        await stage.call(...(await stage.pair()));
        const [gateway] = stage.cluster.gateways;
        await eventually('the log says so', () => gateway?.logged('collector_down').length === 1, {
          deadlineMs: 20_000,
        });
        await stage.call(...(await stage.pair()));
      } finally {
        await stage.close();
      }
    },
    STAGE_MS,
  );
});

describe('A gateway without a collector', () => {
  it(
    'loads no module of OpenTelemetry',
    async () => {
      const stage = await Stage.open(1, { env: { ...GENEROUS, ...NOTE_MODULES } });
      try {
        await stage.call(...(await stage.pair()));
        expect(stage.cluster.gateway(0).lines.filter((line) => line.startsWith('loaded '))).toEqual([]);
      } finally {
        await stage.close();
      }
    },
    STAGE_MS,
  );
});
