import { describe, expect, it } from '@jest/globals';
import { PassThrough } from 'node:stream';
import { FakeTerminal } from '../test/fake-terminal.js';
import { openScreen } from './open-screen.js';

/** Ink and React are many files to load. Milliseconds. */
const LOADED_WITHIN_MS = 30_000;

describe('The screen', () => {
  it(
    'is drawn where a person sits at a terminal',
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

  it('has no colours where none are wanted', async () => {
    const environment: NodeJS.ProcessEnv = { TERM: 'xterm', NO_COLOR: '1', FORCE_COLOR: '3' };
    const screen = await openScreen(new FakeTerminal(), environment);
    expect(environment['FORCE_COLOR']).toBe('0');
    await screen.close();
  });

  it('is plain lines where input or output is none, or can do no more', async () => {
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
