import { afterEach, beforeEach, expect, jest } from '@jest/globals';
import type { Call, Client } from '../src/index.js';
import { onlineAlice } from './alice.js';
import { fakeTimers, settle } from './fake-timers.js';
import { FakeSocket } from './fake-socket.js';

/** A registered client (Alice) whose contact is Bob. New for each test, like the other fixtures. */
export let client: Client;
/** The server side of her socket, controlled by the test. */
export let server: FakeSocket;
/** Incoming calls of the client. */
export let rings: Call[];

/** Creates the fixtures for each test of the suite, in fake time. */
export function useClient(): void {
  beforeEach(() => {
    fakeTimers();
    FakeSocket.reset();
    ({ client, server } = onlineAlice({ contacts: ['peer-bob'] }));
    rings = [];
    client.on('ring', (call) => rings.push(call));
  });
  afterEach(() => {
    client.close();
    // A closed client leaves no timer.
    expect(jest.getTimerCount()).toBe(0);
    jest.useRealTimers();
  });
}

/** The id of the last outgoing call. */
export const lastCallId = (): string => String(server.lastOf('call').data['call_id']);

/** The server sends an event of a call with Bob. */
export function serverSends(event: string, call_id: string, more: object = {}): void {
  server.say(event, { call_id, peer_id: 'peer-bob', ...more });
}

/** A call that Bob accepted. */
export async function activeCall(): Promise<Call> {
  const call = client.call('peer-bob');
  server.ack('call');
  serverSends('accept', call.id);
  await settle();
  return call;
}
