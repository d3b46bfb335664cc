import { afterEach, describe, expect, it } from '@jest/globals';
import { PassThrough } from 'node:stream';
import { eventually } from '@white-rabbit/testing';
import { LineEditor, type TypedLine } from './line-editor.js';

const ESCAPE = '\u001b';
const LEFT = `${ESCAPE}[D`;
const UP = `${ESCAPE}[A`;
const BACKSPACE = '\u007f';

/** A terminal's keys, and everything that an editor told of them. */
class Desk {
  readonly keys = Object.assign(new PassThrough(), { setRawMode: (isRaw: boolean) => this.modes.push(isRaw) });
  readonly modes: boolean[] = [];
  readonly lines: string[] = [];
  readonly keysForOthers: string[] = [];
  typed: TypedLine = { text: '', row: 0, column: 2 };
  ends = 0;
  readonly editor = new LineEditor(this.keys, 20, {
    onEdit: (typed) => (this.typed = typed),
    onLine: (line) => this.lines.push(line),
    onEnd: () => this.ends++,
    takesKey: (key) => key === 'y' && this.keysForOthers.push(key) > 0,
    complete: (line) => ['/call bob', '/call bert', '/contacts'].filter((whole) => whole.startsWith(line)),
  });

  async holds(text: string): Promise<void> {
    await eventually(`'${text}' is typed (now '${this.typed.text}')`, () => this.typed.text === text);
  }
}

let desk: Desk | undefined;

function sit(): Desk {
  desk = new Desk();
  return desk;
}

afterEach(() => desk?.editor.close());

describe('A line that is typed', () => {
  it('is told with each change, and whole when it is done', async () => {
    const { keys, lines } = sit();
    keys.write('Hel');
    await desk?.holds('Hel');
    keys.write('lo\r');
    await eventually('the line', () => lines.length === 1);
    expect(lines).toEqual(['Hello']);
    await desk?.holds('');
  });

  it('is several where several come at once', async () => {
    const { keys, lines } = sit();
    keys.write('one\r\ntwo\nthree\rfour');
    await desk?.holds('four');
    expect(lines).toEqual(['one', 'two', 'three']);
  });

  it('may be in any writing, cut anywhere on its way', async () => {
    const { keys } = sit();
    for (const byte of Buffer.from('Grüße 日本 👍')) keys.write(Buffer.from([byte]));
    await desk?.holds('Grüße 日本 👍');
    keys.write(BACKSPACE);
    await desk?.holds('Grüße 日本 ');
    expect(desk?.typed).toEqual({ text: 'Grüße 日本 ', row: 0, column: 2 + 11 });
  });

  it('is edited in the middle', async () => {
    const { keys } = sit();
    keys.write(`bo${LEFT}X`);
    await desk?.holds('bXo');
    expect(desk?.typed.column).toBe(4);
  });

  it('is folded where the terminal ends, and folded anew where that changes', async () => {
    const { keys, editor } = sit();
    keys.write('x'.repeat(18));
    await eventually('the cursor in the next row', () => desk?.typed.row === 1 && desk.typed.column === 0);
    editor.fold(10);
    await eventually('the cursor in the third row', () => desk?.typed.row === 2 && desk.typed.column === 0);
  });

  it('comes back from the history', async () => {
    const { keys } = sit();
    keys.write('first\rsecond\r');
    keys.write(UP + UP);
    await desk?.holds('first');
  });

  it('is completed', async () => {
    const { keys } = sit();
    keys.write('/ca\t');
    await desk?.holds('/call b');
    keys.write('o\t');
    await desk?.holds('/call bob');
  });

  it('is not begun by a key that somebody else takes; once begun, all keys are its own', async () => {
    const { keys, keysForOthers } = sit();
    keys.write('y');
    await eventually('the key', () => keysForOthers.length === 1);
    keys.write('wh');
    await desk?.holds('wh');
    keys.write('y');
    await desk?.holds('why');
    expect(keysForOthers).toEqual(['y']);
  });

  it('ends with Ctrl-C, with Ctrl-D where it is empty, and with the input', async () => {
    const { keys } = sit();
    keys.write('begun\u0003\u0003');
    await eventually('two of Ctrl-C', () => desk?.ends === 2);
    sit().keys.write('\u0004');
    await eventually('Ctrl-D', () => desk?.ends === 1);
    sit().keys.end();
    await eventually('the end of the input', () => desk?.ends === 1);
  });

  it('goes on after Ctrl-Z, which is not known here', async () => {
    const { keys } = sit();
    keys.write('a\u001ab');
    await desk?.holds('ab');
  });

  it('is read key by key, until it is over', () => {
    const { editor, modes } = sit();
    expect(modes).toEqual([true]);
    editor.close();
    expect(modes).toEqual([true, false]);
  });
});
