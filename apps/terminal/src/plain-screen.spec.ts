import { describe, expect, it } from '@jest/globals';
import { PassThrough } from 'node:stream';
import { eventually } from '@white-rabbit/testing';
import { FakeTerminal } from '../test/fake-terminal.js';
import { PlainScreen } from './plain-screen.js';

function pipes() {
  const output = new PassThrough();
  let written = '';
  output.on('data', (chunk) => (written += String(chunk)));
  return { input: new PassThrough(), output, written: () => written };
}

describe('Plain lines', () => {
  it('have nothing in them but text', () => {
    const { input, output, written } = pipes();
    const screen = new PlainScreen({ input, output });
    screen.tell('bob is online.');
    screen.hear('bob', 'one\n\u001b[31mtwo');
    expect(written()).toBe('* bob is online.\nbob: one\nbob: two\n');
    expect(screen.interactive).toBe(false);
  });

  it('of a script are taken one after the other, and then it is the end', async () => {
    const { input, output } = pipes();
    const screen = new PlainScreen({ input, output });
    const events: string[] = [];
    const first = Promise.withResolvers<undefined>();
    screen.listen({
      onLine: async (line) => {
        events.push(line);
        if (line === 'one') await first.promise;
        events.push(`${line} done`);
      },
      onEnd: () => events.push('end'),
    });
    input.end('one\ntwo\n');
    await eventually('the first line', () => events.length === 1);
    first.resolve(undefined);
    await eventually('the end', () => events.includes('end'));
    expect(events).toEqual(['one', 'one done', 'two', 'two done', 'end']);
  });

  it('of a person do not wait for each other', async () => {
    const terminal = new FakeTerminal();
    const screen = new PlainScreen(terminal);
    const lines: string[] = [];
    screen.listen({
      onLine: (line) => new Promise(() => lines.push(line)),
      onEnd: () => lines.push('end'),
    });
    terminal.input.end('one\ntwo\n');
    await eventually('the end', () => lines.includes('end'));
    expect(lines).toEqual(['one', 'two', 'end']);
    expect(screen.interactive).toBe(true);
    expect(terminal.isRaw).toBe(false);
  });
});
