import type { TestPeer, ServerFrame } from '@white-rabbit/testing';

/** At least one frame arrives in this time while the suite runs; the end of a soak is a close. Milliseconds. */
const NEXT_MS = 120_000;

/** The frames that a peer received: recorded while it runs, checked at the end. */
export class SoakPeer {
  /** The latest received status of each contact. */
  readonly presence = new Map<string, string>();
  /** The numbers of the received signals, in order, by call. */
  readonly signals = new Map<string, number[]>();
  /** Unexpected frames. */
  readonly unexpected: string[] = [];
  sent = 0;
  acknowledged = 0;

  constructor(readonly peer: TestPeer) {
    void this.#listen();
  }

  /** Sends the next signal of a call and counts its outcome. */
  async signal(call_id: string): Promise<void> {
    const n = this.sent;
    this.sent += 1;
    const answer = await this.peer.ask('signal', { call_id, signal: { n } });
    if (answer.event === 'ack') this.acknowledged += 1;
    else this.unexpected.push(answer.text);
  }

  async #listen(): Promise<void> {
    const pushed = (frame: ServerFrame) => frame.ref === undefined && PUSHED.has(frame.event);
    try {
      for (;;) this.#onFrame(await this.peer.nextWhere('what is pushed', pushed, NEXT_MS));
    } catch (end) {
      if (end instanceof Error && end.message.includes('broke the protocol')) this.unexpected.push(end.message);
    }
  }

  #onFrame(frame: ServerFrame): void {
    if (frame.event === 'presence') {
      for (const { peer_id, status } of frame.data.peers) this.presence.set(peer_id, status);
    } else if (frame.event === 'signal') {
      const numbers = this.signals.get(frame.data.call_id) ?? [];
      numbers.push(Number(frame.data.signal['n']));
      this.signals.set(frame.data.call_id, numbers);
    } else {
      this.unexpected.push(frame.text);
    }
  }
}

/** The events that are handled here; those of the set-up of a call are left to the test that waits for them. */
const PUSHED = new Set(['presence', 'signal', 'hangup', 'error']);
