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

describe('PlainScreen', () => {
  it('writes plain text only', async () => {
    const { input, output, written } = pipes();
    const screen = new PlainScreen({ input, output });
    screen.notify('bob is online.');
    screen.showReceived('bob', 'one\n\u001b[31mtwo');
    screen.showLines(['▄▀', '▀▄']);
    await screen.close();
    expect(written()).toBe('* bob is online.\nbob: one\nbob: two\n▄▀\n▀▄\n');
    expect(screen.interactive).toBe(false);
  });

  it('writes a notice in one line, and neither a notice nor a name with control characters', async () => {
    const { input, output, written } = pipes();
    const screen = new PlainScreen({ input, output });
    screen.notify('bob uses wss://evil/\n* Connected\u001b[2J.');
    screen.showReceived('peer\u001b[2J\nalice', 'one');
    await screen.close();
    expect(written()).toBe('* bob uses wss://evil/\u{fffd}* Connected.\npeer\u{fffd}alice: one\n');
  });

  it('executes the lines of a script one after the other, and reports the end of the input', async () => {
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

  it('executes the lines of a user without waiting for the previous line', async () => {
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
