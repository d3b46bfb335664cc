import { CLOSE_CODES, LIMITS } from '@white-rabbit/protocol';
import { ensure, expectClose, expectFrame, NETWORK_MS } from '../expectations.js';
import type { ConformanceClient } from '../conformance-client.js';
import { rulesOf, type Rule } from '../rule.js';
import type { RuleContext } from '../rule-context.js';

/** A server may check for silent sockets only every few seconds. Milliseconds. */
const SWEEP_MS = 5 * NETWORK_MS;

/** The interval of the frames below: shorter than that of the heartbeat. Milliseconds. */
const SEND_MS = 20_000;

const SILENT = { options: { answerHeartbeats: false } } as const;

/** Checks that the server keeps a socket that sends only this. */
async function expectKept(context: RuleContext, send: (alice: ConformanceClient) => void): Promise<void> {
  const alice = await context.client(SILENT);
  const timer = setInterval(() => {
    send(alice);
  }, SEND_MS);
  const closed = await alice.closed(LIMITS.heartbeatTimeoutMs + SWEEP_MS).then(
    ({ code }) => `it was closed with ${code}`,
    () => undefined,
  );
  clearInterval(timer);
  ensure(closed === undefined, closed ?? '');
  await alice.roundTrip();
}

/** Section 5, heartbeat. */
export const HEARTBEAT_RULES: readonly Rule[] = rulesOf(
  5,
  {
    'server sends heartbeat to a silent socket after 30 s and closes it with 4000 after 60 s': async (context) => {
      const alice = await context.client(SILENT);
      const since = performance.now();
      const asked = await alice.next('heartbeat', LIMITS.heartbeatIntervalMs + SWEEP_MS);
      expectFrame(asked, { event: 'heartbeat', data: { ack: false } });
      await expectClose(alice, CLOSE_CODES.heartbeatTimeout, LIMITS.heartbeatIntervalMs + SWEEP_MS * 2);
      const tookMs = performance.now() - since;
      ensure(tookMs > LIMITS.heartbeatTimeoutMs - SWEEP_MS, `it was closed after ${Math.round(tookMs)} ms`);
    },
    'server keeps a socket that sends any text frame': (context) =>
      expectKept(context, (alice) => {
        alice.sendRaw('not a frame');
      }),
    'server keeps a socket that sends only pings': (context) =>
      expectKept(context, (alice) => {
        alice.socket.ping();
      }),
    'server keeps a socket that sends only unsolicited pongs': (context) =>
      expectKept(context, (alice) => {
        alice.socket.pong();
      }),
  },
  ['slow'],
);
