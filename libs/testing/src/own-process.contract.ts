import { describe, expect, it } from '@jest/globals';
import { OwnProcess } from './own-process.js';

const program = (text: string) => new OwnProcess({ name: 'program', command: process.execPath, args: ['-e', text] });
const ready = (line: string) => line === 'ready' || undefined;

describe('OwnProcess', () => {
  it('is ready when it says so, and ends with SIGTERM', async () => {
    const own = program('console.log("ready"); setInterval(() => undefined, 1000)');
    expect(await own.line(ready, 10_000)).toBe(true);
    expect(await own.stop()).toEqual({ code: null, signal: 'SIGTERM' });
    expect(own.kill('SIGTERM')).toBe(false);
  });

  it('fails with its last lines where it ends before it is ready', async () => {
    const own = program('console.error("no such file"); process.exit(3)');
    await expect(own.line(ready, 10_000)).rejects.toThrow(/ended early \(code 3, signal -\)[^]*no such file/);
  });

  it('fails where the command does not exist', async () => {
    const own = new OwnProcess({ name: 'program', command: '/nowhere/at-all' });
    await expect(own.line(ready, 10_000)).rejects.toThrow(/ended early[^]*ENOENT/);
  });

  it('is killed where it does not end by itself', async () => {
    const own = program(
      'process.on("SIGTERM", () => undefined); console.log("ready"); setInterval(() => undefined, 1000)',
    );
    await own.line(ready, 10_000);
    expect(await own.stop(100)).toEqual({ code: null, signal: 'SIGKILL' });
  });
});
