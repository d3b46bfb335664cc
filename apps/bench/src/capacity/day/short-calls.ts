import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { WebSocket } from 'ws';
import { within } from '@white-rabbit/testing';
import { connectCall, gatewayWire, peerOf } from '../../load/gateway-wire.js';
import type { Client } from '../../load/wire.js';
import { sequence } from '../population.js';

/** Signals of a call, both ways in turn, and the time between two of them. */
export const SIGNALS_OF_A_CALL = 20;
const SIGNAL_STEP_MS = 100;
const SIGNAL_BYTES = 400;
/** How long the last signals may take. */
const ARRIVAL_MS = 1_000;
/** A ring or an accept that takes longer has failed. */
const ANSWER_MS = 5_000;

/** The oldest sessions may leave before a call of theirs has ended. */
const LEAVING_PART = 0.05;

/** Calls between sessions that are drawn from all: ring, accept, signals, and `established` from both sides. */
export class ShortCalls {
  readonly #draw = sequence(1);
  #begun = 0;
  #ended = 0;
  #missing = 0;

  /** Calls that have begun, and those of them that have ended or failed. */
  get counts(): { readonly begun: number; readonly ended: number; readonly missingSignals: number } {
    return { begun: this.#begun, ended: this.#ended, missingSignals: this.#missing };
  }

  /** Begins a call between two of these sessions, the oldest first. */
  begin(sessions: readonly Client[]): void {
    const [caller, callee] = [this.#one(sessions), this.#one(sessions)];
    if (!caller || !callee || caller === callee) return;
    this.#begun += 1;
    call(caller, callee).then(
      (arrived) => {
        this.#ended += 1;
        this.#missing += SIGNALS_OF_A_CALL - arrived;
      },
      // A call that did not begin: it counts as begun and not as ended.
      () => undefined,
    );
  }

  #one(sessions: readonly Client[]): Client | undefined {
    return sessions[Math.floor(sessions.length * (LEAVING_PART + this.#draw() * (1 - LEAVING_PART)))];
  }
}

/** Resolves with the number of signals that arrived. Rejects if the call was not accepted in time. */
async function call(caller: Client, callee: Client): Promise<number> {
  const id = randomUUID();
  const calling = connectCall(caller.socket, callee.socket, peerOf(callee.name), id);
  await within('the call is accepted', ANSWER_MS, calling);
  const stops = [caller, callee].map(({ socket }) => countSignals(socket, id));
  const payload = JSON.stringify({ sdp: 'x'.repeat(SIGNAL_BYTES - '{"sdp":""}'.length) });
  for (let sent = 0; sent < SIGNALS_OF_A_CALL; sent += 1) {
    const { socket } = sent % 2 === 0 ? caller : callee;
    socket.send(gatewayWire.signal(id, payload));
    await sleep(SIGNAL_STEP_MS);
  }
  await sleep(ARRIVAL_MS);
  const arrived = stops.reduce((total, stop) => total + stop(), 0);
  for (const { socket } of [caller, callee]) {
    socket.send(JSON.stringify({ event: 'established', data: { call_id: id } }));
  }
  return arrived;
}

/** Counts the signals of a call that arrive at one side, until the returned function is called. */
function countSignals(socket: WebSocket, id: string): () => number {
  let count = 0;
  const onMessage = (frame: Buffer) => {
    if (gatewayWire.isSignal(frame.toString(), id)) count += 1;
  };
  socket.on('message', onMessage);
  return () => {
    socket.off('message', onMessage);
    return count;
  };
}
