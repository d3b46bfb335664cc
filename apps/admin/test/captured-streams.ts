import { Writable } from 'node:stream';

/** Streams that keep what a command writes. */
export function capturedStreams() {
  const out = new Captured();
  const err = new Captured();
  return { out, err };
}

class Captured extends Writable {
  text = '';

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}
