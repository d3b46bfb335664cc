import { expect } from '@jest/globals';
import { PassThrough, Readable } from 'node:stream';
import { wrAdmin } from '../src/wr-admin.js';
import { expectDocumented } from './admin-schema.js';
import { capturedStreams } from './captured-streams.js';

/** What a command wrote, and its exit code. */
export interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** Runs a command line; `input` is its standard input, from a pipe. */
export async function runAdmin(env: Environment, args: readonly string[], input?: string): Promise<Ended> {
  const { out, err } = capturedStreams();
  const streams = { out, err, ...(input !== undefined && { input: Readable.from([Buffer.from(input)]) }) };
  const code = await wrAdmin(args, streams, env);
  return { code, out: out.text, err: err.text };
}

/** Runs a command line at a terminal, whose operator types these lines. */
export async function runAtTerminal(env: Environment, args: readonly string[], typed: string): Promise<Ended> {
  const { out, err } = capturedStreams();
  const keys = new PassThrough();
  keys.write(typed);
  const code = await wrAdmin(args, { out, err, input: keys, keys }, env);
  return { code, out: out.text, err: err.text };
}

/** The result of a command line with `--json` that succeeds without a message. It is as documented. */
export async function jsonOf<T>(env: Environment, args: readonly string[], input?: string): Promise<T> {
  const { code, out, err } = await runAdmin(env, [...args, '--json'], input);
  expect([code, err]).toEqual([0, '']);
  const output: unknown = JSON.parse(out);
  expectDocumented(args, output);
  return output as T;
}
