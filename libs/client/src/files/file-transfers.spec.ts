import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { fakeTimers, pass } from '../../test/fake-timers.js';
import { linkedChannels, type LinkedChannel } from '../../test/linked-channels.js';
import { MemorySource, randomContent } from '../../test/memory-file.js';
import { Emitter } from '../emitter.js';
import type { DataChannel, PeerCallEvents } from '../index.js';
import { FileTransfers, type IncomingFile } from './index.js';

/** The part of a `PeerCall` that file transfers use. */
class FakePeerCall extends Emitter<PeerCallEvents> {
  state = 'open';
  readonly closed = new Promise<never>(() => undefined);
  readonly opened: LinkedChannel[] = [];

  openChannel(): DataChannel {
    const [own, other] = linkedChannels();
    this.opened.push(other);
    return own;
  }

  /** The other peer opens a channel. Returns its end. */
  receive(label = 'file'): LinkedChannel {
    const [other, own] = linkedChannels(label);
    this.emit('channel', own);
    other.open();
    return other;
  }
}

const OFFER = JSON.stringify({ type: 'offer', name: 'x', size: 9, hash: 'x'.repeat(43) });
const source = () => new MemorySource(randomContent(9));
let peer: FakePeerCall;
let files: IncomingFile[];

beforeEach(() => {
  fakeTimers();
  peer = new FakePeerCall();
  files = [];
});
afterEach(() => {
  jest.useRealTimers();
});

async function delivered(): Promise<void> {
  for (let turn = 0; turn < 40; turn += 1) await new Promise(setImmediate);
}

/** The first message that arrives at each of these ends of the other peer. */
const reasons = (channels: readonly LinkedChannel[]) =>
  channels.map(({ other }) => other?.sent.map((message) => JSON.parse(String(message)) as object)[0]);

describe('The file transfers of a call', () => {
  const start = (onFile?: (file: IncomingFile) => void) => new FileTransfers(peer as never, onFile);

  it('are at most four in each direction, and one more when one has ended', async () => {
    const transfers = start((file) => files.push(file));
    const sent = Array.from({ length: 5 }, () => transfers.send(source()));
    expect(sent.map((file) => file !== undefined)).toEqual([true, true, true, true, false]);
    const channels = Array.from({ length: 5 }, () => peer.receive());
    for (const channel of channels) channel.send(OFFER);
    await delivered();
    expect(files).toHaveLength(4);
    expect(reasons(channels)).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
      { type: 'end', reason: 'declined' },
    ]);

    sent[0]?.cancel();
    files[0]?.decline();
    await delivered();
    await pass(5_000);
    await delivered();
    expect(transfers.send(source())).toBeDefined();
    peer.receive().send(OFFER);
    await delivered();
    expect(files).toHaveLength(5);
  });

  it('declines every offer if the application has no use for files', async () => {
    start();
    const channel = peer.receive();
    channel.send(OFFER);
    await delivered();
    expect(reasons([channel])).toEqual([{ type: 'end', reason: 'declined' }]);
  });

  it('keep a bounded number of channels of a peer that offers without end', async () => {
    start((file) => files.push(file));
    const channels = Array.from({ length: 200 }, () => peer.receive());
    for (const channel of channels) channel.send(OFFER);
    await delivered();
    const open = channels.filter(({ readyState }) => readyState === 'open');
    expect([files.length, open.length]).toEqual([4, 20]);
    // Four that were taken, and sixteen that are declined until their other side closes them.
    await pass(5_000);
    await delivered();
    expect(channels.filter(({ readyState }) => readyState === 'open')).toHaveLength(4);
  });

  it('leave nothing at a call that goes on after they have ended', async () => {
    const then = jest.spyOn(peer.closed, 'then');
    start((file) => files.push(file));
    for (let count = 0; count < 10; count += 1) {
      const channel = peer.receive();
      channel.send(OFFER);
      await delivered();
      files.pop()?.decline();
      await delivered();
      await pass(5_000);
      await delivered();
      expect(channel.readyState).toBe('closed');
    }
    // A promise keeps each of its callbacks until it resolves.
    expect(then).toHaveBeenCalledTimes(1);
  });

  it('leave channels with another label alone', async () => {
    start((file) => files.push(file));
    const channel = peer.receive('game');
    channel.send('move');
    await delivered();
    expect([files, channel.readyState, channel.other?.sent]).toEqual([[], 'open', []]);
  });

  it('are not started while the call is not open', () => {
    peer.state = 'closing';
    expect(start().send(source())).toBeUndefined();
    expect(peer.opened).toEqual([]);
  });
});
