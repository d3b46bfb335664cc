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

test('Waiting for a slow reader leaves nobody waiting behind', async () => {
  const out = slowReader();
  const before = out.listenerCount('close') + out.listenerCount('error');
  const terminal = new Terminal({ out, err: out });
  for (let piece = 0; piece < 20; piece += 1) await terminal.print('a line\n');
  expect(out.listenerCount('drain')).toBe(0);
  expect(out.listenerCount('close') + out.listenerCount('error')).toBe(before);
});

test('A reader that goes away is waited for no longer', async () => {
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
])('Its width is known where it is a terminal that says so: %j', (more, width) => {
  const out = Object.assign(slowReader(), more);
  expect(new Terminal({ out, err: out }).width).toBe(width);
});
