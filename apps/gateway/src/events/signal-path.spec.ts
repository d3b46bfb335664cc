import { Session } from 'node:inspector/promises';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { rawFrame } from '../../test/raw-socket.js';
import { startNode, type TestNode } from '../../test/unit/gateway-node.js';
import { settled } from '../../test/unit/settled.js';

const CALL = { call_id: 'call-0001' };
const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));

/** From the socket of one peer to the socket of the other: ARCHITECTURE.md, "Signal", describes this way. */
const PATH = [
  'apps/gateway/src/transport/frame-socket.ts',
  'apps/gateway/src/transport/text-frames.ts',
  'apps/gateway/src/transport/connection.ts',
  'apps/gateway/src/events/dispatcher.ts',
  'libs/protocol/src/signal-frame.ts',
  'libs/protocol/src/json-text.ts',
  'apps/gateway/src/events/limits/rate-limits.ts',
  'libs/signaling/src/token-bucket.ts',
  'apps/gateway/src/telemetry/metrics/fast-counter.ts',
  'apps/gateway/src/events/call-handler.ts',
  'libs/signaling/src/calls/calls.ts',
  'libs/signaling/src/state/session.ts',
];
/** An `ack` goes through these as well. */
const ANSWER = ['libs/protocol/src/server-frames.ts', 'apps/gateway/src/events/reply.ts'];

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

it.each([
  { ref: undefined, files: PATH },
  { ref: 'r1', files: [...PATH, ...ANSWER] },
])(
  'signal between two peers of one node runs code of $files.length files, with the ref $ref',
  async ({ ref, files }) => {
    const { socket: alice } = await node.join('peer-alice');
    const { socket: bob } = await node.join('peer-bobby');
    alice.says('call', { peer_id: 'peer-bobby', ...CALL });
    await settled();
    bob.says('accept', CALL);
    await settled();
    const frame = JSON.stringify({ event: 'signal', data: { ...CALL, signal: { sdp: 'v=0' } }, ref });
    const signal = () => {
      alice.read(rawFrame(0x81, Buffer.from(frame)));
    };
    signal();
    bob.take();
    await filesRun();
    // Nothing is awaited until the files are read, so no other work of the node runs.
    signal();
    const run = filesRun();
    expect(bob.take()).toMatchObject([{ event: 'signal' }]);
    expect((await run).sort()).toEqual([...files].sort());
  },
);
