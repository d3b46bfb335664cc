import { expect, test } from '@jest/globals';
import { Writable } from 'node:stream';
import { Terminal } from './terminal.js';

/** A reader that takes its time: every piece is one too many. */
function slowReader() {
  return new Writable({
    highWaterMark: 1,
    write: (_chunk, _encoding, done) => {
      setImmediate(done);
    },
  });
}

test('Terminal leaves no listener behind after it has waited for a slow reader', async () => {
  const out = slowReader();
  const before = out.listenerCount('close') + out.listenerCount('error');
  const terminal = new Terminal({ out, err: out });
  for (let piece = 0; piece < 20; piece += 1) await terminal.print('a line\n');
  expect(out.listenerCount('drain')).toBe(0);
  expect(out.listenerCount('close') + out.listenerCount('error')).toBe(before);
});

test('Terminal stops waiting if the reader ends', async () => {
  const out = new Writable({ highWaterMark: 1, write: () => undefined });
  const printed = new Terminal({ out, err: out }).print('a line');
  out.destroy();
  await printed;
  await new Terminal({ out, err: out }).print('another');
});

test.each([
  [{ isTTY: true, columns: 80 }, 80],
  [{ isTTY: true, columns: 0 }, undefined],
  [{ columns: 80 }, undefined],
])('Terminal has a width if its output is a terminal with a known width: %j', (more, width) => {
  const out = Object.assign(slowReader(), more);
  expect(new Terminal({ out, err: out }).width).toBe(width);
});
