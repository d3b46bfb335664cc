import { PassThrough, Writable } from 'node:stream';

/** A terminal of 80 columns that records its output. */
export class FakeTerminal {
  readonly input = Object.assign(new PassThrough(), {
    isTTY: true,
    setRawMode: (isRaw: boolean) => (this.isRaw = isRaw),
  });
  readonly output = Object.assign(
    new Writable({
      write: (chunk, _encoding, done) => {
        this.written += String(chunk);
        done();
      },
    }),
    { isTTY: true, columns: 80, rows: 24 },
  );
  written = '';
  isRaw = false;
}
