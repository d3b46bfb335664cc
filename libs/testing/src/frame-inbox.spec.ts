import { describe, expect, it } from '@jest/globals';
import { FrameInbox } from './frame-inbox.js';
import { readServerFrame, type ServerFrame } from './server-frame.js';

const heartbeat = readServerFrame('{"event":"heartbeat","data":{"ack":true}}');
const ack = readServerFrame('{"event":"ack","data":{},"ref":"one"}');
const anAck = (frame: ServerFrame) => frame.event === 'ack';

describe('FrameInbox', () => {
  it('returns the oldest frame of the requested kind and leaves the others unread', async () => {
    const inbox = new FrameInbox();
    inbox.push(heartbeat);
    inbox.push(ack);
    expect(await inbox.take('ack', anAck, 1_000)).toBe(ack);
    expect(inbox.unread).toEqual([heartbeat]);
  });

  it('gives a later frame to the wait that accepts it, and to no other', async () => {
    const inbox = new FrameInbox();
    const waiting = inbox.take('ack', anAck, 1_000);
    inbox.push(ack);
    expect(await waiting).toBe(ack);
    expect(inbox.unread).toEqual([]);
  });

  it('reports after the deadline which other frames came', async () => {
    const inbox = new FrameInbox();
    inbox.push(heartbeat);
    await expect(inbox.take('ack', anAck, 1)).rejects.toThrow(/no ack within 1 ms; instead: .*heartbeat/);
  });

  it('rejects present and later waits with the reason why no more frames come', async () => {
    const inbox = new FrameInbox();
    const waiting = inbox.take('ack', anAck, 1_000);
    inbox.fail(new Error('closed with 4503'));
    await expect(waiting).rejects.toThrow('closed with 4503');
    await expect(inbox.take('ack', anAck, 1_000)).rejects.toThrow('closed with 4503');
  });
});

describe('readServerFrame', () => {
  it.each([
    ['no JSON', 'nonsense'],
    ['an unknown event', '{"event":"hello","data":{}}'],
    ['a field that the event has not', '{"event":"ack","data":{"more":1}}'],
    ['a member that no frame has', '{"event":"ack","data":{},"id":1}'],
    ['a malformed field', '{"event":"ring","data":{"call_id":"x","peer_id":"peer-alice"}}'],
    ['an error code that does not exist', '{"event":"error","data":{"code":"oops","message":"","event":"call"}}'],
  ])('refuses %s', (_, text) => {
    expect(() => readServerFrame(text)).toThrow(/broke the protocol/);
  });
});
