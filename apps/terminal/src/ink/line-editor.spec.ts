import { afterEach, describe, expect, it } from '@jest/globals';
import { PassThrough } from 'node:stream';
import { LONGEST_TEXT } from '@white-rabbit/client/chat';
import { eventually } from '@white-rabbit/testing';
import { LineEditor, type TypedLine } from './line-editor.js';

const ESCAPE = '\u001b';
const LEFT = `${ESCAPE}[D`;
const UP = `${ESCAPE}[A`;
const BACKSPACE = '\u007f';
const pasted = (text: string) => `${ESCAPE}[200~${text}${ESCAPE}[201~`;

/** The keys of a terminal and the callbacks of its editor. */
class EditorFixture {
  readonly keys = Object.assign(new PassThrough(), { setRawMode: (isRaw: boolean) => this.modes.push(isRaw) });
  readonly modes: boolean[] = [];
  readonly lines: string[] = [];
  /** Of each line, whether a part of it was pasted. */
  readonly pastes: boolean[] = [];
  readonly consumedKeys: string[] = [];
  typed: TypedLine = { text: '', row: 0, column: 2 };
  ends = 0;
  readonly editor = new LineEditor(this.keys, 20, {
    onEdit: (typed) => (this.typed = typed),
    onLine: (line, hasPaste) => {
      this.lines.push(line);
      this.pastes.push(hasPaste);
    },
    onEnd: () => this.ends++,
    takesKey: (key) => key === 'y' && this.consumedKeys.push(key) > 0,
    complete: (line) => ['/call bob', '/call bert', '/contacts'].filter((whole) => whole.startsWith(line)),
  });

  async holds(text: string): Promise<void> {
    await eventually(`'${text}' is typed (now '${this.typed.text}')`, () => this.typed.text === text);
  }
}

let desk: EditorFixture | undefined;

function openEditor(): EditorFixture {
  desk = new EditorFixture();
  return desk;
}

afterEach(() => desk?.editor.close());

describe('LineEditor', () => {
  it('reports each change, and the complete line', async () => {
    const { keys, lines } = openEditor();
    keys.write('Hel');
    await desk?.holds('Hel');
    keys.write('lo\r');
    await eventually('the line', () => lines.length === 1);
    expect(lines).toEqual(['Hello']);
    await desk?.holds('');
  });

  it('reports several lines of one chunk', async () => {
    const { keys, lines } = openEditor();
    keys.write('one\r\ntwo\nthree\rfour');
    await desk?.holds('four');
    expect(lines).toEqual(['one', 'two', 'three']);
  });

  it('reads characters of any script, also if a chunk splits them', async () => {
    const { keys } = openEditor();
    for (const byte of Buffer.from('Grüße 日本 👍')) keys.write(Buffer.from([byte]));
    await desk?.holds('Grüße 日本 👍');
    keys.write(BACKSPACE);
    await desk?.holds('Grüße 日本 ');
    expect(desk?.typed).toEqual({ text: 'Grüße 日本 ', row: 0, column: 2 + 11 });
  });

  it('edits the middle of a line', async () => {
    const { keys } = openEditor();
    keys.write(`bo${LEFT}X`);
    await desk?.holds('bXo');
    expect(desk?.typed.column).toBe(4);
  });

  it('folds the line at the width of the terminal, and again after a resize', async () => {
    const { keys, editor } = openEditor();
    keys.write('x'.repeat(18));
    await eventually('the cursor in the next row', () => desk?.typed.row === 1 && desk.typed.column === 0);
    editor.fold(10);
    await eventually('the cursor in the third row', () => desk?.typed.row === 2 && desk.typed.column === 0);
  });

  it('recalls lines from the history', async () => {
    const { keys } = openEditor();
    keys.write('first\rsecond\r');
    keys.write(UP + UP);
    await desk?.holds('first');
  });

  it('completes a line', async () => {
    const { keys } = openEditor();
    keys.write('/ca\t');
    await desk?.holds('/call b');
    keys.write('o\t');
    await desk?.holds('/call bob');
  });

  it('does not edit a key that takesKey consumed, and consumes all keys once a line has begun', async () => {
    const { keys, consumedKeys } = openEditor();
    keys.write('y');
    await eventually('the key', () => consumedKeys.length === 1);
    keys.write('wh');
    await desk?.holds('wh');
    keys.write('y');
    await desk?.holds('why');
    expect(consumedKeys).toEqual(['y']);
  });

  it('inserts a pasted text with line breaks, and ends the line at Enter only', async () => {
    const { keys, lines, pastes } = openEditor();
    keys.write(`a${pasted('one\r\ntwo\n')}b`);
    await desk?.holds('aone⏎twob');
    expect(lines).toEqual([]);
    keys.write('\rtyped\r');
    await eventually('the lines', () => lines.length === 2);
    expect(lines).toEqual(['aone\ntwob', 'typed']);
    expect(pastes).toEqual([true, false]);
  });

  it('makes a text of a command that was pasted at the beginning of a line', async () => {
    const { keys, lines } = openEditor();
    keys.write(pasted('/hangup\n'));
    await desk?.holds('//hangup');
    keys.write(`\r/call ${pasted('/bob')}\r`);
    await eventually('the lines', () => lines.length === 2);
    expect(lines).toEqual(['//hangup', '/call /bob']);
  });

  it('does not offer a pasted text to takesKey', async () => {
    const { keys, consumedKeys, lines, pastes } = openEditor();
    keys.write(pasted('y'));
    await desk?.holds('y');
    keys.write('\r');
    await eventually('the line', () => lines.length === 1);
    expect([consumedKeys, pastes]).toEqual([[], [true]]);
  });

  it('removes control characters from a pasted text', async () => {
    const { keys } = openEditor();
    keys.write(pasted(`a\tb${ESCAPE}[31mc\u0003d\u202ee`));
    await desk?.holds('a  bc\u{fffd}d\u{fffd}e');
  });

  it('inserts every line of a long pasted text', async () => {
    const { keys } = openEditor();
    const lines = Array.from({ length: 1_500 }, (_, number) => `line ${number}`);
    keys.write(pasted(lines.join('\n')));
    await desk?.holds(lines.join('⏎'));
  });

  it('cuts a pasted text only if what remains is too long for a text', async () => {
    const { keys } = openEditor();
    keys.write(pasted('x'.repeat(100_000)));
    await desk?.holds('x'.repeat(2 * LONGEST_TEXT));
  });

  it('ends at Ctrl-C, at Ctrl-D on an empty line, and at the end of the input', async () => {
    const { keys } = openEditor();
    keys.write('begun\u0003\u0003');
    await eventually('two of Ctrl-C', () => desk?.ends === 2);
    openEditor().keys.write('\u0004');
    await eventually('Ctrl-D', () => desk?.ends === 1);
    openEditor().keys.end();
    await eventually('the end of the input', () => desk?.ends === 1);
  });

  it('ends again at Ctrl-C after Ctrl-D, and reads no other key then', async () => {
    const { keys, consumedKeys } = openEditor();
    keys.write('\u0004');
    await eventually('Ctrl-D', () => desk?.ends === 1);
    keys.write('y');
    keys.write('\u0003');
    await eventually('Ctrl-C', () => desk?.ends === 2);
    expect(consumedKeys).toEqual([]);
  });

  it('ignores Ctrl-Z', async () => {
    const { keys } = openEditor();
    keys.write('a\u001ab');
    await desk?.holds('ab');
  });

  it('uses raw mode until it is closed', () => {
    const { editor, modes } = openEditor();
    expect(modes).toEqual([true]);
    editor.close();
    expect(modes).toEqual([true, false]);
  });
});
