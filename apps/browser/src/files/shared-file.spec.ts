import { describe, expect, it } from '@jest/globals';
import { IncomingFile } from '@white-rabbit/client/files';
import type { BlobSink } from './blob-sink.js';
import { SharedFile } from './shared-file.js';

type Channel = ConstructorParameters<typeof IncomingFile>[0];

/** A file that the other user has offered. Nothing arrives over its channel. */
function offered(): SharedFile {
  const nothing = (): undefined => undefined;
  const channel = { attach: nothing, send: nothing, end: () => Promise.resolve(), close: nothing };
  // Only these methods of the channel are used.
  const transfer = new IncomingFile(channel as unknown as Channel, { name: 'tea.txt', size: 3, hash: 'hash-of-tea' });
  return new SharedFile(transfer, undefined, nothing);
}

/** Places for files, each after the browser has prepared it; and the calls that each has received. */
class Places {
  readonly calls: string[][] = [];
  readonly #prepared = Promise.withResolvers<undefined>();

  prepare(): void {
    this.#prepared.resolve(undefined);
  }

  async sinkFor(): Promise<BlobSink> {
    const calls: string[] = [];
    this.calls.push(calls);
    await this.#prepared.promise;
    const called = <T>(name: string, value: T): Promise<T> => {
      calls.push(name);
      return Promise.resolve(value);
    };
    return {
      kept: () => called('kept', 0),
      readKept: () => called('readKept', new Uint8Array()),
      write: () => called('write', undefined),
      finish: () => called('finish', undefined),
      discard: () => called('discard', undefined),
      close: () => called('close', undefined),
      content: () => called('content', new Blob()),
      leave: () => called('leave', undefined),
    };
  }
}

describe('SharedFile', () => {
  it('has one place if the user accepts it twice before the place is prepared', async () => {
    const [file, places] = [offered(), new Places()];
    const accepted = [file.accept(places), file.accept(places)];
    places.prepare();
    await Promise.all(accepted);
    expect(places.calls).toEqual([[]]);
    expect(file.state).toBe('transferring');
  });

  it('leaves its place if the user declines it before the place is prepared', async () => {
    const [file, places] = [offered(), new Places()];
    const accepted = file.accept(places);
    file.stop();
    places.prepare();
    await accepted;
    expect(places.calls).toEqual([['close', 'leave']]);
    expect(file.wasAccepted).toBe(false);
  });
});
