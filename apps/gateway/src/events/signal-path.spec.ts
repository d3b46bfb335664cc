import { Session } from 'node:inspector/promises';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { startNode, type TestNode } from '../../test/unit/gateway-node.js';
import { settled } from '../../test/unit/settled.js';

const CALL = { call_id: 'call-0001' };
const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));

/** From the socket of one peer to the socket of the other: ARCHITECTURE.md, "Signal", describes this way. */
const PATH = [
  'apps/gateway/src/transport/connection.ts',
  'apps/gateway/src/events/dispatcher.ts',
  'libs/protocol/src/frame.ts',
  'libs/protocol/src/json-text.ts',
  'apps/gateway/src/events/limits/rate-limits.ts',
  'libs/signaling/src/token-bucket.ts',
  'apps/gateway/src/telemetry/metrics/fast-counter.ts',
  'apps/gateway/src/events/call-handler.ts',
  'libs/signaling/src/calls/calls.ts',
  'libs/signaling/src/state/session.ts',
  'libs/protocol/src/server-frames.ts',
  'apps/gateway/src/events/reply.ts',
];

let node: TestNode;
let inspector: Session;

beforeEach(async () => {
  node = await startNode();
  inspector = new Session();
  inspector.connect();
  await inspector.post('Profiler.enable');
  await inspector.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false });
});
afterEach(() => {
  inspector.disconnect();
});

/** The source files of this repository with a function that has run since the last call. */
async function filesRun(): Promise<string[]> {
  const { result } = await inspector.post('Profiler.takePreciseCoverage');
  return result
    .filter(({ functions }) => functions.some(({ ranges }) => ranges.some(({ count }) => count > 0)))
    .map(({ url }) => relative(ROOT, url.startsWith('file:') ? fileURLToPath(url) : url))
    .filter((file) => /^(apps|libs)\/[a-z]+\/src\/.+\.ts$/.test(file) && !file.endsWith('.spec.ts'));
}

it.each([undefined, 'r1'])(
  'signal between two peers of one node runs code of these 12 files, with the ref %s',
  async (ref) => {
    const { socket: alice } = await node.join('peer-alice');
    const { socket: bob } = await node.join('peer-bobby');
    alice.says('call', { peer_id: 'peer-bobby', ...CALL });
    await settled();
    bob.says('accept', CALL);
    await settled();
    const signal = () => {
      alice.says('signal', { ...CALL, signal: { sdp: 'v=0' } }, ref);
    };
    signal();
    bob.take();
    await filesRun();
    // Nothing is awaited until the files are read, so no other work of the node runs.
    signal();
    const files = filesRun();
    expect(bob.take()).toMatchObject([{ event: 'signal' }]);
    expect((await files).sort()).toEqual(PATH.sort());
  },
);
