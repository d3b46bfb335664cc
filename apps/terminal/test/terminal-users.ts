import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll } from '@jest/globals';
import type { TestCluster } from '@white-rabbit/testing';
import { lineOf, type UserOptions } from './command-line.js';
import { TerminalProcess } from './terminal-process.js';

/** Users of the terminal client with pipes, each with a home folder of its own, as on machines of their own. */
export interface TerminalUsers {
  /** A folder of the suite. */
  readonly folder: () => string;
  /** Starts the client of a user and waits for the server. A user with the same name has the same home folder. */
  readonly start: (name: string, options?: UserOptions) => Promise<TerminalProcess>;
  /** The home folder of a user. */
  readonly homeOf: (name: string) => string;
}

/** Registers the start and the end of the users' folder, and the end of their processes after each test. */
export function useTerminalUsers(cluster: TestCluster): TerminalUsers {
  let folder: string;
  const processes: TerminalProcess[] = [];
  const keys = new Map<string, string>();

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'white-rabbit-'));
  });
  afterEach(async () => {
    await Promise.all(processes.splice(0).map((own) => own.stop()));
  });
  afterAll(() => rm(folder, { recursive: true }));

  const homeOf = (name: string) => join(folder, `home of ${name}`);
  return {
    folder: () => folder,
    homeOf,
    start: async (name, options = {}) => {
      const key = options.key ?? keys.get(name) ?? (await cluster.licenseKey());
      keys.set(name, key);
      const own = TerminalProcess.piped(await lineOf(cluster, homeOf(name), name, { ...options, key }));
      processes.push(own);
      await own.shows('Connected to the server.');
      return own;
    },
  };
}

/** The link that a user's client prints after `/invite`. */
export async function invitationOf(user: TerminalProcess): Promise<string> {
  user.type('/invite');
  await user.shows('Your code is');
  return /^\S+#server=\S+$/m.exec(user.text)?.[0] ?? '';
}

/** The code that a user's client prints after `/invite`. */
export function codeOf(user: TerminalProcess): string {
  return /Your code is ([\w-]+);/.exec(user.text)?.[1] ?? '';
}

/** The peer id that a user's client prints at its start. */
export function peerIdOf(user: TerminalProcess): string {
  return /You are \S+: (\S+)/.exec(user.text)?.[1] ?? '';
}
