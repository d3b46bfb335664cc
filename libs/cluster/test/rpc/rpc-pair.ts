import type { CallId, SessionId } from '@white-rabbit/protocol';
import type { Answer, CallMessage, NodeId } from '@white-rabbit/signaling';
import { type Delivery, Bus } from '../../src/bus.js';
import { MemoryBus } from '../../src/bus.memory.js';
import { MemoryRegion } from '../../src/memory-region.js';
import type { HandledMessage } from '../../src/rpc/node-message.js';
import { NodeRpc } from '../../src/rpc/node-rpc.js';
import { FakeClock } from '../node/fake-clock.js';

export const A = 'node-a' as NodeId;
export const B = 'node-b' as NodeId;
export const ABSENT = 'node-c' as NodeId;
const NOON_MS = 1_800_000_000_000;

export const OK = { outcome: 'answered', answer: 'ok' };
export const DRAIN: HandledMessage = { kind: 'drain' };

/** A signal with that text. */
export function signal(text: string): CallMessage {
  const ids = { call: 'call-0001' as CallId, from: 'session-1' as SessionId, to: 'session-2' as SessionId };
  return { kind: 'signal', ...ids, signal: `{${text}}` };
}

/** A bus that also keeps what was sent. */
export class RecordingBus extends Bus {
  readonly sent: string[] = [];
  /** If set, the outcome of every send; nothing is passed on. */
  delivery: Delivery | undefined;
  #listener: (text: string) => void = () => undefined;

  constructor(private readonly inner: Bus) {
    super();
    inner.onMessage((text) => {
      this.#listener(text);
    });
  }

  override send(to: NodeId, text: string): Promise<Delivery> {
    this.sent.push(text);
    return this.delivery === undefined ? this.inner.send(to, text) : Promise.resolve(this.delivery);
  }

  override onMessage(listener: (text: string) => void): void {
    this.#listener = listener;
  }

  /** As if it had been received. */
  hear(text: string): void {
    this.#listener(text);
  }
}

/** Two nodes whose texts arrive after `transitMs`. */
export function pair({ transitMs = 0, wallAheadMs = 0 } = {}) {
  const clock = new FakeClock();
  const region = new MemoryRegion({
    now: () => clock.now(),
    ...(transitMs > 0 && { defer: (deliver) => clock.after(transitMs, deliver) }),
  });
  const busA = new RecordingBus(new MemoryBus(region, A));
  const busB = new RecordingBus(new MemoryBus(region, B));
  const lags: number[] = [];
  const wallMs = () => NOON_MS + clock.now();
  const a = new NodeRpc({ bus: busA, self: A, clock, wallMs: () => wallMs() + wallAheadMs });
  const b = new NodeRpc({ bus: busB, self: B, clock, wallMs, onLag: (lagMs) => lags.push(lagMs) });
  /** The texts of the signals that `b` has received. */
  const heard: string[] = [];
  const hears = (answer: (text: string) => Answer | Promise<Answer> = () => 'ok') => {
    b.on('signal', (_from, { signal: text }) => {
      heard.push(text.slice(1, -1));
      return answer(text.slice(1, -1));
    });
  };
  return { clock, busA, busB, a, b, lags, heard, hears };
}
