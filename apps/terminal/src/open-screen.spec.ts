import { describe, expect, it } from '@jest/globals';
import { PassThrough } from 'node:stream';
import { FakeTerminal } from '../test/fake-terminal.js';
import { openScreen } from './open-screen.js';

/** Loading Ink and React takes long. Milliseconds. */
const LOADED_WITHIN_MS = 30_000;

describe('openScreen', () => {
  it(
    'returns a drawn screen on a terminal',
    async () => {
      const environment: NodeJS.ProcessEnv = { TERM: 'xterm' };
      const screen = await openScreen(new FakeTerminal(), environment);
      expect(screen.keepsView).toBe(true);
      expect(environment['NODE_ENV']).toBe('production');
      expect(environment['FORCE_COLOR']).toBeUndefined();
      await screen.close();
    },
    LOADED_WITHIN_MS,
  );

  it('disables colors if NO_COLOR is set', async () => {
    const environment: NodeJS.ProcessEnv = { TERM: 'xterm', NO_COLOR: '1', FORCE_COLOR: '3' };
    const screen = await openScreen(new FakeTerminal(), environment);
    expect(environment['FORCE_COLOR']).toBe('0');
    await screen.close();
  });

  it('returns plain lines if the input or the output is not a terminal, or if the terminal is dumb', async () => {
    const { input, output } = new FakeTerminal();
    const plain = [
      await openScreen({ input: new PassThrough(), output }, { TERM: 'xterm' }),
      await openScreen({ input, output: new PassThrough() }, { TERM: 'xterm' }),
      await openScreen({ input, output }, { TERM: 'dumb' }),
    ];
    expect(plain.map(({ keepsView }) => keepsView)).toEqual([false, false, false]);
    expect(plain.map(({ interactive }) => interactive)).toEqual([false, false, true]);
  });
});
