import { afterEach, describe, expect, it } from '@jest/globals';
import { stripVTControlCharacters } from 'node:util';
import { eventually } from '@white-rabbit/testing';
import { FakeTerminal } from '../../test/fake-terminal.js';
import type { View } from '../view.js';
import { InkScreen } from './ink-screen.js';

const QUIET: View = { me: 'alice', server: { name: 'online' }, contacts: [], call: undefined, transfers: [] };
const RINGING: View = { ...QUIET, call: { name: 'bob', phase: 'ringing here', isSealed: false, unconfirmed: 0 } };
const SHOW_CURSOR = '\u001b[?25h';

let terminal: FakeTerminal;
let screen: InkScreen;
let lines: string[];

function open(view: View = QUIET): void {
  terminal = new FakeTerminal();
  screen = new InkScreen(terminal);
  lines = [];
  screen.show(view);
  screen.listen({ onLine: (line) => Promise.resolve(lines.push(line)), onEnd: () => lines.push('(end)') });
}

afterEach(() => screen.close());

/** The output without colors and cursor movements. */
const text = () => stripVTControlCharacters(terminal.written);

describe('InkScreen', () => {
  it('shows every notice once and in order', async () => {
    open();
    for (let batch = 0; batch < 12; batch++) {
      for (let index = 0; index < 50; index++) screen.notify(`entry ${batch * 50 + index}.`);
      await eventually('the batch', () => text().includes(`entry ${batch * 50 + 49}.`), { everyMs: 1 });
    }
    const numbers = [...text().matchAll(/entry (\d+)\./g)].map(([, number]) => Number(number));
    expect(numbers).toEqual(Array.from({ length: 600 }, (_, index) => index));
  });

  it('shows a text with more lines than it keeps', async () => {
    open();
    screen.showReceived('bob', Array.from({ length: 900 }, (_, index) => index).join('\n'));
    screen.notify('That was all.');
    await eventually('the end', () => text().includes('That was all.'));
    expect(text().match(/bob: \d+/g)).toHaveLength(900);
  });

  it('never writes control sequences of a notice, a name or a received text', async () => {
    open();
    const nasty = '\u001b]0;title\u0007\u001b[2Jred\u001b[31m\u009b5n\u202e';
    screen.notify(`${nasty}\nforged`);
    screen.showReceived(`bob${nasty}`, `${nasty}end`);
    await eventually('the text', () => text().includes('end'));
    expect(text()).not.toMatch(/^\s*forged/m);
    for (const danger of ['title', '\u0007', '\u009b', '\u202e', '\u001b[2J', '\u001b[31m']) {
      expect(terminal.written).not.toContain(danger);
    }
  });

  it('rings the bell once for an incoming call', () => {
    open(RINGING);
    screen.show({ ...RINGING });
    expect(terminal.written.split('\u0007')).toHaveLength(2);
  });

  it.each([
    ['y', '/accept'],
    ['N', '/reject'],
    ['y\r', '/accept'],
    ['no\r', '/reject'],
  ])('answers an incoming call with %j', async (keys, command) => {
    open(RINGING);
    terminal.input.write(keys);
    await eventually('the answer', () => lines.length > 0);
    expect(lines).toEqual([command]);
  });

  it('does not answer an incoming call with a pasted text', async () => {
    open(RINGING);
    terminal.input.write('\u001b[200~y\n\u001b[201~');
    terminal.input.write('\r');
    await eventually('the line', () => lines.length > 0);
    expect(lines).toEqual(['y']);
  });

  it('shows lines without a mark, so that they can be copied', async () => {
    open();
    screen.showLines(['white-rabbit:#server=x', '█▀▄']);
    await eventually('the lines', () => text().includes('█▀▄'));
    expect(text()).toMatch(/^white-rabbit:#server=x\s*$/m);
  });

  it('marks pasted texts while it is open', async () => {
    open();
    await screen.close();
    const [on, off] = ['\u001b[?2004h', '\u001b[?2004l'].map((mode) => terminal.written.lastIndexOf(mode));
    expect(on).toBeGreaterThanOrEqual(0);
    expect(off).toBeGreaterThan(on ?? 0);
  });

  it('reads y as a letter if there is no incoming call', async () => {
    open();
    terminal.input.write('y');
    terminal.input.write('es\r');
    await eventually('the line', () => lines.length > 0);
    expect(lines).toEqual(['yes']);
  });

  it('does not clear the terminal, and restores it', async () => {
    open();
    expect(terminal.isRaw).toBe(true);
    screen.notify('something');
    terminal.input.write('begun');
    await eventually('the line', () => text().includes('begun'));
    screen.notify('the last words');
    await screen.close();
    expect(text()).toContain('the last words');
    expect(terminal.isRaw).toBe(false);
    // eslint-disable-next-line no-control-regex -- clearing the whole, or the alternate screen
    expect(terminal.written).not.toMatch(/\u001b\[[23]J|\u001b\[\?1049h/);
    expect(terminal.written.lastIndexOf(SHOW_CURSOR)).toBeGreaterThan(terminal.written.lastIndexOf('\u001b[?25l'));
  });
});
