import { fileURLToPath } from 'node:url';
import { ManagedProcess } from '@white-rabbit/testing';
import type { End, RunningSide } from './side.js';
import { each, Sockets } from './sockets.js';

const LISTEN_MS = 10_000;
const STOP_MS = 2_000;

/** The bare ws relay. */
export async function bareSide(): Promise<RunningSide> {
  const process_ = new ManagedProcess({
    name: 'bare relay',
    command: process.execPath,
    args: [fileURLToPath(new URL('./bare-relay.js', import.meta.url))],
  });
  const port = await process_.line(portIn, LISTEN_MS);
  const sockets = new Sockets(`ws://127.0.0.1:${port}`);
  const open = (index: number) =>
    sockets.open(`{"event":"register","to":"peer-${index}"}`, (frame) => frame.includes('registered'));
  return {
    name: 'bare ws',
    pid: process_.pid,
    connect: (pairs) =>
      each(pairs * 2, async (index) => {
        const socket = await open(index);
        const other = `peer-${index % 2 === 0 ? index + 1 : index - 1}`;
        const end: End = {
          send: (payload) => {
            socket.send(`{"event":"signal","to":"${other}","signal":${payload}}`);
          },
          onArrival: () => undefined,
        };
        socket.on('message', (data: Buffer) => {
          end.onArrival(data.toString());
        });
        return end;
      }),
    idle: async (sessions) => {
      await each(sessions, open);
    },
    disconnect: () => sockets.close(),
    stop: async () => {
      await process_.stop(STOP_MS);
    },
  };
}

function portIn(line: string): number | undefined {
  return line.includes('"listening"') ? (JSON.parse(line) as { port: number }).port : undefined;
}
