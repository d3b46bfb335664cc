import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { fakeTimers, pass, settle } from '../test/fake-timers.js';
import { FakePeerConnection } from '../test/fake-peer-connection.js';
import { Negotiation } from './negotiation.js';
import type { PeerSignal } from './peer-signal.js';

beforeEach(fakeTimers);
afterEach(() => {
  jest.useRealTimers();
});

/** One side of a negotiation, the signals it sent, and whether it failed. */
class Side {
  readonly connection = new FakePeerConnection();
  readonly sent: PeerSignal[] = [];
  failed = false;
  needed = 0;
  readonly negotiation: Negotiation;

  constructor(polite: boolean) {
    this.negotiation = new Negotiation(this.connection, {
      onFailed: () => (this.failed = true),
      onNeeded: () => (this.needed += 1),
    });
    this.attach(polite);
  }

  /** A call carries the signals. */
  attach(polite: boolean): void {
    this.negotiation.attach({ polite, isResumption: false, send: (signal) => this.sent.push(signal) });
  }

  /** Delivers the pending signals to the other side. */
  async giveTo(other: Side): Promise<void> {
    await settle();
    for (const signal of this.sent.splice(0)) other.negotiation.take(signal);
    await settle();
  }
}

describe('Negotiation', () => {
  it('sends one offer and one answer', async () => {
    const [caller, callee] = [new Side(false), new Side(true)];
    caller.connection.createDataChannel();
    await caller.giveTo(callee);
    await callee.giveTo(caller);
    expect([caller.sent, callee.sent]).toEqual([[], []]);
    expect(callee.connection.remoteDescription).toEqual({ type: 'offer', sdp: 'offer 1' });
    expect(caller.connection.remoteDescription).toEqual({ type: 'answer', sdp: 'answer 1' });
    expect([caller.connection.signalingState, callee.connection.signalingState]).toEqual(['stable', 'stable']);
  });

  it("continues with the impolite side's offer if both sides offer at the same time", async () => {
    const [impolite, polite] = [new Side(false), new Side(true)];
    impolite.connection.createDataChannel();
    polite.connection.createDataChannel();
    await settle();
    const [fromImpolite, fromPolite] = [impolite.sent.splice(0), polite.sent.splice(0)];
    for (const signal of fromPolite) impolite.negotiation.take(signal);
    for (const signal of fromImpolite) polite.negotiation.take(signal);
    await polite.giveTo(impolite);
    expect(impolite.connection.remoteDescription?.type).toBe('answer');
    expect(polite.connection.remoteDescription?.type).toBe('offer');
    expect([impolite.connection.signalingState, polite.connection.signalingState]).toEqual(['stable', 'stable']);
    expect([impolite.failed, polite.failed]).toEqual([false, false]);
  });

  it('sends the description before the candidates, also while candidates are being gathered', async () => {
    const caller = new Side(false);
    const gathered = Promise.withResolvers<undefined>();
    caller.connection.gathering = gathered.promise;
    caller.connection.iceTransports = [];
    caller.connection.createDataChannel();
    await settle();
    expect(caller.sent).toEqual([]);
    caller.connection.gather('one');
    await pass(40);
    expect(caller.sent.map((signal) => Object.keys(signal))).toEqual([['description'], ['candidates']]);
    gathered.resolve(undefined);
    await settle();
    expect(caller.sent).toHaveLength(2);
  });

  it('applies candidates of the peer while its own are being gathered', async () => {
    const callee = new Side(true);
    callee.connection.gathering = new Promise(() => undefined);
    callee.negotiation.take({ description: { type: 'offer', sdp: 'offer' } });
    callee.negotiation.take({ candidates: [{ candidate: 'one', sdpMid: '0', sdpMLineIndex: 0 }] });
    await settle();
    expect(callee.connection.candidates).toHaveLength(1);
  });

  it('sends no previous description with candidates in a browser, where the new one is there after setLocalDescription', async () => {
    const [caller, callee] = [new Side(false), new Side(true)];
    caller.connection.createDataChannel();
    await caller.giveTo(callee);
    await callee.giveTo(caller);
    const described = Promise.withResolvers<undefined>();
    caller.connection.describing = described.promise;
    caller.connection.need();
    caller.connection.gather('of the first description');
    await pass(40);
    expect(caller.sent.map((signal) => Object.keys(signal))).toEqual([['candidates']]);
    described.resolve(undefined);
    await settle();
    expect(caller.sent.at(-1)).toEqual({ description: { type: 'offer', sdp: 'offer 2' } });
  });

  it('applies candidates behind one that the connection waits for', async () => {
    const callee = new Side(true);
    callee.connection.stuck = 'of a .local name';
    callee.negotiation.take({ description: { type: 'offer', sdp: 'offer' } });
    for (const candidate of [callee.connection.stuck, 'one']) {
      callee.negotiation.take({ candidates: [{ candidate, sdpMid: '0', sdpMLineIndex: 0 }] });
    }
    await settle();
    expect(callee.connection.candidates.map(({ candidate }) => candidate)).toEqual(['one']);
  });

  it('takes the offer of the other side while werift still gathers for an offer that was answered', async () => {
    const [impolite, polite] = [new Side(false), new Side(true)];
    impolite.connection.gathering = new Promise(() => undefined);
    impolite.connection.iceTransports = [];
    impolite.connection.createDataChannel();
    await settle();
    impolite.connection.gather('one');
    await pass(40);
    await impolite.giveTo(polite);
    await polite.giveTo(impolite);
    polite.connection.need();
    await polite.giveTo(impolite);
    expect(impolite.connection.remoteDescription).toEqual({ type: 'offer', sdp: 'offer 2' });
  });

  it('is needed again if its call ends before the answer', async () => {
    const [caller, callee] = [new Side(false), new Side(true)];
    caller.connection.createDataChannel();
    await caller.giveTo(callee);
    caller.negotiation.detach();
    callee.negotiation.detach();
    expect([caller.negotiation.isNeeded, callee.negotiation.isNeeded]).toEqual([true, false]);
  });

  it('sends simultaneous candidates in one signal, without the end-of-candidates marker', async () => {
    const caller = new Side(false);
    caller.connection.createDataChannel();
    await settle();
    caller.sent.splice(0);
    for (const candidate of ['one', 'two', null, '']) caller.connection.gather(candidate);
    await pass(39);
    caller.connection.gather('three');
    expect(caller.sent).toEqual([]);
    await pass(1);
    expect(caller.sent.map(({ candidates }) => candidates?.map(({ candidate }) => candidate))).toEqual([
      ['one', 'two', 'three'],
    ]);
    for (let count = 0; count < 20; count += 1) caller.connection.gather(`${count}`);
    expect(caller.sent).toHaveLength(2);
    caller.connection.gather('last');
    caller.negotiation.detach();
    await pass(1_000);
    expect([caller.sent.length, jest.getTimerCount()]).toEqual([2, 0]);
  });

  it('fails on an invalid description and ignores an invalid candidate', async () => {
    const callee = new Side(true);
    callee.negotiation.take({ description: { type: 'offer', sdp: 'offer' } });
    const candidates = ['nonsense', 'one'].map((candidate) => ({ candidate, sdpMid: null, sdpMLineIndex: 0 }));
    callee.negotiation.take({ candidates });
    await settle();
    expect([callee.failed, callee.connection.candidates.length]).toEqual([false, 1]);
    callee.negotiation.take({ description: { type: 'answer', sdp: 'nonsense' } });
    await settle();
    expect(callee.failed).toBe(true);
  });

  it.each([{}, { description: 7 }, { description: { type: 'rollback', sdp: '' } }, { candidates: [null, 7, {}, []] }])(
    'ignores the malformed signal %j',
    async (signal) => {
      const callee = new Side(true);
      callee.negotiation.take(signal);
      await settle();
      expect([callee.failed, callee.connection.signalingState, callee.sent]).toEqual([false, 'stable', []]);
    },
  );
});
