import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { ManagedProcess, REPOSITORY_ROOT } from '@white-rabbit/testing';

const APP = join(REPOSITORY_ROOT, 'apps/browser');
const READY_MS = 30_000;

/** Serves the built page as `npm run browser` does, on a free port. */
export class PageServer {
  readonly url: string;
  readonly #process: ManagedProcess;

  private constructor(process: ManagedProcess, url: string) {
    this.#process = process;
    this.url = url;
  }

  /** @throws Error if the server does not start, for example because the page was not built. */
  static async start(): Promise<PageServer> {
    const vite = join(dirname(createRequire(join(APP, 'package.json')).resolve('vite/package.json')), 'bin/vite.js');
    const own = new ManagedProcess({
      name: 'vite preview',
      command: process.execPath,
      args: [vite, 'preview', '--port', '0', '--strictPort'],
      cwd: APP,
    });
    const url = await own.line((line) => /http:\/\/\S+/.exec(stripVTControlCharacters(line))?.[0], READY_MS);
    return new PageServer(own, url);
  }

  async stop(): Promise<void> {
    await this.#process.stop();
  }
}
