import { describe, expect, it } from '@jest/globals';
import { pass, settle } from '../test/fake-timers.js';
import type { FakeChannel, FakePeerConnection } from '../test/fake-peer-connection.js';
import { confirmationOf, firstChannel, REQUEST, usePeerCall } from '../test/peer-call-fixture.js';
import { WINDOW } from './outbox.js';
import type { PeerCall, SendResult } from './index.js';

let connection: FakePeerConnection;
let peer: PeerCall;

usePeerCall((made) => ({ connection, peer } = made));

/** Sends texts without awaiting any. */
const sendTexts = (count: number): Promise<SendResult>[] => Array.from({ length: count }, () => peer.send('a text'));
const channel = (): FakeChannel => firstChannel(connection);

describe('A PeerCall with messages under way', () => {
  it('closes after the peer has confirmed every message, as long as confirmations arrive', async () => {
    channel().open();
    await Promise.all(sendTexts(3));
    expect(channel().sent).toEqual(['a text', REQUEST, 'a text', 'a text']);
    const closed = peer.close();
    expect([peer.state, await peer.send('too late')]).toEqual(['closing', { ok: false, reason: 'not_open' }]);
    await pass(4_900);
    channel().confirm(1);
    await pass(4_900);
    expect([channel().readyState, channel().sent.at(-1)]).toEqual(['open', REQUEST]);
    channel().confirm(3);
    expect([await closed, await peer.closed]).toEqual([{ sent: 3, confirmed: 3 }, 'closed']);
    expect([channel().readyState, connection.connectionState]).toEqual(['closed', 'closed']);
  });

  it('closes and reports what was delivered if the peer confirms nothing for 5 s', async () => {
    channel().open();
    await Promise.all(sendTexts(3));
    channel().confirm(1);
    const both = Promise.all([peer.close(), peer.close()]);
    await pass(5_000);
    const delivery = { sent: 3, confirmed: 1 };
    expect([await both, peer.delivery, connection.connectionState]).toEqual([[delivery, delivery], delivery, 'closed']);
  });

  it('confirms on request how many messages of the peer it received', () => {
    channel().open();
    peer.on('text', () => undefined);
    peer.on('bytes', () => undefined);
    for (const data of ['one', Uint8Array.of(0x02, 1), Uint8Array.of(0x07), REQUEST])
      channel().fire('message', { data });
    expect(channel().sent).toEqual([confirmationOf(2)]);
  });

  it('confirms no message that waits for a first listener, until there is one', () => {
    channel().open();
    for (const data of ['one', 'two', REQUEST]) channel().fire('message', { data });
    expect(channel().sent).toEqual([confirmationOf(0)]);
    peer.on('text', () => undefined);
    expect(channel().sent).toEqual([confirmationOf(0), confirmationOf(2)]);
  });

  it('confirms messages of a kind that the application does not listen for', () => {
    channel().open();
    peer.on('text', () => undefined);
    for (let count = 0; count < 400; count += 1) channel().fire('message', { data: Uint8Array.of(0x02, 1) });
    for (const data of ['a text', REQUEST]) channel().fire('message', { data });
    expect(channel().sent).toEqual([Uint8Array.of(0x06, 0, 0, 1, 145)]);
  });

  it('confirms nothing from the first message on that it drops because too many wait for a first listener', () => {
    channel().open();
    for (let count = 0; count < 301; count += 1) channel().fire('message', { data: 'a text' });
    peer.on('text', () => undefined);
    for (const data of ['a text', REQUEST]) channel().fire('message', { data });
    expect(channel().sent).toEqual([Uint8Array.of(0x06, 0, 0, 1, 44)]);
  });

  it('gives one answer to a peer that asks and does not read, when its buffer is low', () => {
    channel().open();
    channel().bufferedAmount = 65_537;
    for (let count = 0; count < 3; count += 1) channel().fire('message', { data: REQUEST });
    expect(channel().sent).toEqual([]);
    channel().drain();
    channel().drain();
    expect(channel().sent).toEqual([confirmationOf(0)]);
  });

  it('survives a channel that refuses to send', async () => {
    channel().open();
    channel().maxLength = 0;
    expect(() => channel().fire('message', { data: REQUEST })).not.toThrow();
    await expect(peer.send('')).resolves.toMatchObject({ ok: true });
  });

  it('waits for confirmations after its buffer shrank, although the event comes later', async () => {
    channel().open();
    await Promise.all(sendTexts(1));
    const closed = peer.close();
    channel().fire('bufferedamountlow');
    await settle();
    channel().confirm(1);
    expect(await closed).toEqual({ sent: 1, confirmed: 1 });
  });

  it('that closes while it is interrupted is not lost meanwhile', async () => {
    channel().open();
    await Promise.all(sendTexts(1));
    connection.enter('disconnected');
    await pass(29_000);
    const closed = peer.close();
    await pass(4_000);
    expect(peer.state).toBe('closing');
    channel().confirm(1);
    expect([await closed, await peer.closed]).toEqual([{ sent: 1, confirmed: 1 }, 'closed']);
  });

  it('reports how many messages were delivered, and ignores an impossible confirmation', async () => {
    channel().open();
    const delivered: number[] = [];
    peer.on('delivered', (count) => delivered.push(count));
    await Promise.all(sendTexts(3));
    for (const count of [2, 2, 1, 4, 3]) channel().confirm(count);
    expect([delivered, peer.delivery]).toEqual([[2, 3], { sent: 3, confirmed: 3 }]);
  });
});

describe('PeerCall.send()', () => {
  it('resolves at once while few messages are in flight', async () => {
    channel().open();
    const results = await Promise.all(sendTexts(WINDOW - 1));
    expect(results.map((result) => result.ok && result.number)).toEqual(results.map((_, index) => index + 1));
    channel().confirm(WINDOW - 1);
  });

  it.each<[string, () => void, () => void]>([
    ['buffered', () => (channel().bufferedAmount = 65_537), () => channel().drain()],
    ['unconfirmed', () => sendTexts(WINDOW), () => channel().confirm(1)],
  ])('waits while many messages are %s', async (_, fill, empty) => {
    channel().open();
    fill();
    let isThere = false;
    const waited = peer.send('a text').then(({ ok }) => (isThere = ok));
    await pass(7_000);
    expect(isThere).toBe(false);
    empty();
    if (peer.delivery.sent > WINDOW) channel().confirm(WINDOW);
    expect(await waited).toBe(true);
  });

  it('fails before the channel refuses what would exceed 16 MiB, and what the other side does not accept', async () => {
    channel().open();
    connection.sctp = { maxMessageSize: 10 };
    channel().bufferedAmount = 15_999_995;
    expect(await peer.send('six by')).toEqual({ ok: false, reason: 'full' });
    expect(await peer.send('eleven bytes')).toEqual({ ok: false, reason: 'too_long' });
    expect(channel().sent).toEqual([]);
  });

  it('fails while the channel buffers 16 MiB, and if the message is too long for the other side', async () => {
    channel().open();
    channel().bufferedAmount = 16_777_217;
    expect(await peer.send('a text')).toEqual({ ok: false, reason: 'full' });
    channel().bufferedAmount = 0;
    channel().maxLength = 10;
    expect(await peer.send('a longer text')).toEqual({ ok: false, reason: 'too_long' });
    expect(peer.delivery).toEqual({ sent: 0, confirmed: 0 });
  });

  it('fails if the connection is lost before the channel can take more', async () => {
    channel().open();
    channel().bufferedAmount = 65_537;
    const waited = peer.send('a text');
    connection.enter('closed');
    expect(await waited).toEqual({ ok: false, reason: 'not_open' });
    expect(peer.delivery).toEqual({ sent: 1, confirmed: 0 });
  });
});
