import { afterEach, beforeEach, expect, jest } from '@jest/globals';
import type { Call, Client } from '../src/index.js';
import { onlineAlice } from './alice.js';
import { fakeTimers, settle } from './fake-clock.js';
import { FakeSocket } from './fake-socket.js';

/** Alice, online, with Bob among her contacts. New for each test, as is all that follows. */
export let client: Client;
/** The server at the other end of her socket: it does what a test says. */
export let server: FakeSocket;
/** Calls that rang at hers. */
export let rings: Call[];

/** Sets the desk for each test of the suite, in fake time. */
export function sitDown(): void {
  beforeEach(() => {
    fakeTimers();
    FakeSocket.reset();
    ({ client, server } = onlineAlice({ contacts: ['peer-bob'] }));
    rings = [];
    client.on('ring', (call) => rings.push(call));
  });
  afterEach(() => {
    client.close();
    // Nothing of a client outlives it.
    expect(jest.getTimerCount()).toBe(0);
    jest.useRealTimers();
  });
}

/** The id of the call that she made last. */
export const lastCallId = (): string => String(server.lastOf('call').data['call_id']);

/** The server tells her something of a call with Bob. */
export function told(event: string, call_id: string, more: object = {}): void {
  server.say(event, { call_id, peer_id: 'peer-bob', ...more });
}

/** A call that Bob accepted. */
export async function activeCall(): Promise<Call> {
  const call = client.call('peer-bob');
  server.ack('call');
  told('accept', call.id);
  await settle();
  return call;
}
