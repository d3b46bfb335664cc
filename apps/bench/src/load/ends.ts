import type { Client, Wire } from './wire.js';

/** One end of a pair: sends a payload to the other end, and reports each payload that arrives. */
export interface End {
  /** `payload` is the text of a JSON object. */
  send(payload: string): void;
  /** Given the whole frame that the payload arrived in. */
  onArrival: (frame: string) => void;
}

/** Lets two clients send signals to each other. */
export async function pair(wire: Wire, first: Client, second: Client): Promise<readonly [End, End]> {
  const [toSecond, toFirst] = await wire.connect(first, second);
  return [endOf(wire, first, toSecond), endOf(wire, second, toFirst)];
}

function endOf(wire: Wire, { socket }: Client, to: string): End {
  const end: End = {
    send: (payload) => {
      socket.send(wire.signal(to, payload));
    },
    onArrival: () => undefined,
  };
  socket.on('message', (data: Buffer) => {
    const frame = data.toString();
    if (wire.isSignal(frame, to)) end.onArrival(frame);
  });
  return end;
}
