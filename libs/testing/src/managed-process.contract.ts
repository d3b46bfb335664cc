import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { eventually } from './eventually.js';
import { ManagedProcess } from './managed-process.js';

const program = (text: string) =>
  new ManagedProcess({ name: 'program', command: process.execPath, args: ['-e', text] });
const ready = (line: string) => line === 'ready' || undefined;

describe('ManagedProcess', () => {
  it('is ready when it reports that, and ends with SIGTERM', async () => {
    const own = program('console.log("ready"); setInterval(() => undefined, 1000)');
    expect(await own.line(ready, 10_000)).toBe(true);
    expect(await own.stop()).toEqual({ code: null, signal: 'SIGTERM' });
    expect(own.kill('SIGTERM')).toBe(false);
  });

  it('fails with its last lines if it ends before it is ready', async () => {
    const own = program('console.error("no such file"); process.exit(3)');
    await expect(own.line(ready, 10_000)).rejects.toThrow(/ended early \(code 3, signal -\)[^]*no such file/);
  });

  it('fails if the command does not exist', async () => {
    const own = new ManagedProcess({ name: 'program', command: '/nowhere/at-all' });
    await expect(own.line(ready, 10_000)).rejects.toThrow(/ended early[^]*ENOENT/);
  });

  it('is killed if it does not end by itself', async () => {
    const own = program(
      'process.on("SIGTERM", () => undefined); console.log("ready"); setInterval(() => undefined, 1000)',
    );
    await own.line(ready, 10_000);
    expect(await own.stop(100)).toEqual({ code: null, signal: 'SIGKILL' });
  });

  it('does not outlive the process that started it, even one that was killed', async () => {
    const module = pathToFileURL(join(import.meta.dirname, 'kill-with-parent.ts')).href;
    const owner = program(`import('${module}').then(({ killWithParent }) => {
      const stay = ['-e', 'setInterval(() => undefined, 1000)'];
      const { pid } = require('node:child_process').spawn(process.execPath, stay, { detached: true, stdio: 'ignore' });
      killWithParent(pid);
      console.log('pid ' + pid);
    })`);
    const pid = await owner.line((line) => (line.startsWith('pid ') ? Number(line.slice(4)) : undefined), 10_000);
    expect(isAlive(pid)).toBe(true);
    owner.kill('SIGKILL');
    await eventually('it is gone', () => !isAlive(pid), { deadlineMs: 5_000 });
  });
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
