import { CLOSE_CODES, LIMITS } from '@white-rabbit/protocol';
import { closes, holds, matches } from '../expectations.js';
import type { Guest } from '../guest.js';
import { rulesOf } from '../rule.js';
import type { Rule } from '../rule.js';
import type { Scene } from '../scene.js';
import { NETWORK_MS } from './allowances.js';

/** A server may look round for silent sockets every few seconds. Milliseconds. */
const ROUND_MS = 5 * NETWORK_MS;

/** How often the talker below says something: well within the interval. Milliseconds. */
const TALK_MS = 20_000;

const SILENT = { options: { answerHeartbeats: false } } as const;

/** Whether somebody who says just this stays longer than a silent socket may. */
async function isKept(scene: Scene, say: (alice: Guest) => void): Promise<void> {
  const alice = await scene.guest(SILENT);
  const talk = setInterval(() => {
    say(alice);
  }, TALK_MS);
  const closed = await alice.closed(LIMITS.heartbeatTimeoutMs + ROUND_MS).then(
    ({ code }) => `it was closed with ${code}`,
    () => undefined,
  );
  clearInterval(talk);
  holds(closed === undefined, closed ?? '');
  await alice.roundTrip();
}

/** Section 5, heartbeat. */
export const HEARTBEAT_RULES: readonly Rule[] = rulesOf(
  5,
  {
    'a silent socket is sent heartbeat after 30 s and closed with 4000 after 60 s': async (scene) => {
      const alice = await scene.guest(SILENT);
      const since = performance.now();
      const asked = await alice.next('heartbeat', LIMITS.heartbeatIntervalMs + ROUND_MS);
      matches(asked, { event: 'heartbeat', data: { ack: false } });
      await closes(alice, CLOSE_CODES.heartbeatTimeout, LIMITS.heartbeatIntervalMs + ROUND_MS * 2);
      const tookMs = performance.now() - since;
      holds(tookMs > LIMITS.heartbeatTimeoutMs - ROUND_MS, `it was closed after ${Math.round(tookMs)} ms`);
    },
    'a socket that sends anything at all is kept': (scene) =>
      isKept(scene, (alice) => {
        alice.sendRaw('no frame at all');
      }),
    'a socket that sends nothing but pings is kept': (scene) =>
      isKept(scene, (alice) => {
        alice.socket.ping();
      }),
    'a socket that sends nothing but pongs, unasked, is kept': (scene) =>
      isKept(scene, (alice) => {
        alice.socket.pong();
      }),
  },
  ['patience'],
);
