import { expect, test } from '@jest/globals';
import { PassThrough, Writable } from 'node:stream';
import { LiveView } from './live-view.js';

/** A terminal: what was drawn, and a keyboard. */
function terminal() {
  const drawn: string[] = [];
  const out = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      drawn.push(String(chunk));
      done();
    },
  });
  const modes: boolean[] = [];
  const keys = Object.assign(new PassThrough(), { setRawMode: (isRaw: boolean) => modes.push(isRaw) });
  return { drawn, keys, modes, streams: { out: Object.assign(out, { isTTY: true }), err: out, keys } };
}

test.each(['q', '\u0003'])('LiveView shows frame after frame until the key %j ends it', async (key) => {
  const { drawn, keys, modes, streams } = terminal();
  let frames = 0;
  const frame = () => {
    frames += 1;
    if (frames === 3) keys.write(key);
    return Promise.resolve(`frame ${frames}`);
  };
  await new LiveView(streams).show(frame, 1);
  expect(drawn.join('')).toContain('frame 1');
  expect(drawn.join('')).toContain('2');
  expect(frames).toBeLessThanOrEqual(4);
  expect(modes).toEqual([true, false]);
  expect(process.listenerCount('SIGINT')).toBe(0);
});

test('LiveView ends at once if a key is pressed between two frames', async () => {
  const { keys, streams } = terminal();
  const shown = new LiveView(streams).show(() => {
    setImmediate(() => keys.write('x q'));
    return Promise.resolve('frame');
  }, 1_000_000);
  await shown;
});

test('LiveView rejects with the error of a frame and restores the keyboard', async () => {
  const { modes, streams } = terminal();
  const shown = new LiveView(streams).show(() => Promise.reject(new Error('no frame')), 1);
  await expect(shown).rejects.toThrow('no frame');
  expect(modes).toEqual([true, false]);
});
