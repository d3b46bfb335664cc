import { describe, expect, it } from '@jest/globals';
import { offeredFile } from '../../test/offered-file.js';
import type { BlobSink } from './blob-sink.js';
import { SharedFile } from './shared-file.js';

/** A file of no bytes that the other user has offered. */
function offered(): SharedFile {
  return new SharedFile(offeredFile('tea.txt'), undefined, () => undefined);
}

/** Places for files, each after the browser has prepared it; and the calls that each has received. */
class Places {
  readonly calls: string[][] = [];
  readonly #content: () => Promise<Blob>;
  readonly #prepared = Promise.withResolvers<undefined>();

  constructor(content = () => Promise.resolve(new Blob())) {
    this.#content = content;
  }

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
      content: this.#content,
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
    expect(await file.ended).toBe('done');
    expect(places.calls).toEqual([['kept', 'finish']]);
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

  it('is over when it was saved, or when it did not arrive', async () => {
    const [file, places] = [offered(), new Places()];
    places.prepare();
    await file.accept(places);
    await file.ended;
    expect([file.isComplete, file.isOver]).toEqual([true, false]);
    file.take();
    expect(file.isOver).toBe(true);
    const declined = offered();
    declined.stop();
    await declined.ended;
    expect([declined.isComplete, declined.isOver]).toEqual([false, true]);
  });

  it.each([
    ['has another size than the offer', () => Promise.resolve(new Blob(['more']))],
    ['cannot be read', () => Promise.reject(new Error('The browser has lost it.'))],
  ])('is not complete if what is stored %s', async (_, content) => {
    const [file, places] = [offered(), new Places(content)];
    places.prepare();
    await file.accept(places);
    expect(await file.ended).toBe('unwritable');
    expect([file.state, file.isComplete, file.take()]).toEqual(['unwritable', false, undefined]);
    expect(places.calls).toEqual([['kept', 'finish', 'leave']]);
  });
});
