import { CLOSE_CODES, LIMITS } from '@white-rabbit/protocol';
import { closes, holds, matches } from '../expectations.js';
import { rulesOf } from '../rule.js';
import type { Rule } from '../rule.js';
import { NETWORK_MS } from './allowances.js';

/** A server may look round for silent sockets every few seconds. Milliseconds. */
const ROUND_MS = 5 * NETWORK_MS;

/** How often the talker below says something: well within the interval. Milliseconds. */
const TALK_MS = 20_000;

const SILENT = { options: { answerHeartbeats: false } } as const;

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
    'a socket that sends anything at all is kept': async (scene) => {
      const alice = await scene.guest(SILENT);
      const talk = setInterval(() => {
        alice.sendRaw('no frame at all');
      }, TALK_MS);
      const kept = alice.closed(LIMITS.heartbeatTimeoutMs + ROUND_MS).then(
        ({ code }) => `it was closed with ${code}`,
        () => undefined,
      );
      const closed = await kept;
      clearInterval(talk);
      holds(closed === undefined, closed ?? '');
      await alice.roundTrip();
    },
  },
  ['patience'],
);
