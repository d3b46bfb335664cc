import { once } from 'node:events';
import { WebSocket } from 'ws';
import type { ManagedProcess } from '@white-rabbit/testing';

/** One function in one place of the call tree. */
export interface ProfileNode {
  readonly id: number;
  readonly callFrame: { readonly functionName: string; readonly url: string };
  readonly children?: readonly number[];
}

/** A CPU profile of V8. */
export interface CpuProfile {
  readonly nodes: readonly ProfileNode[];
  /** Node of each sample, and the time since the sample before, µs. */
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

/** For a Node process that opens its inspector at a free port. */
export const INSPECT = '--inspect=127.0.0.1:0';

const LISTEN_MS = 10_000;
const SAMPLING_US = 200;

/** Profiles the main thread of a process, started with `INSPECT`, during `work`. */
export async function profiled(target: ManagedProcess, work: () => Promise<unknown>): Promise<CpuProfile> {
  const url = await target.line((line) => /Debugger listening on (ws:\S+)/.exec(line)?.[1], LISTEN_MS);
  const socket = new WebSocket(url, { perMessageDeflate: false });
  await once(socket, 'open');
  let asked = 0;
  const ask = async (method: string, params: object = {}): Promise<unknown> => {
    const id = (asked += 1);
    socket.send(JSON.stringify({ id, method, params }));
    for (;;) {
      const [data] = (await once(socket, 'message')) as [Buffer];
      const answer = JSON.parse(data.toString()) as { id?: number; result?: unknown };
      if (answer.id === id) return answer.result;
    }
  };
  try {
    await ask('Profiler.enable');
    await ask('Profiler.setSamplingInterval', { interval: SAMPLING_US });
    await ask('Profiler.start');
    await work();
    return ((await ask('Profiler.stop')) as { profile: CpuProfile }).profile;
  } finally {
    socket.close();
  }
}
