import { z } from 'zod';
import { SERVER_EVENTS, type ServerData, type ServerEventName } from '@white-rabbit/protocol';

/** A validated event of the server, with the text that was received. */
export type ServerFrame<E extends ServerEventName = ServerEventName> = {
  readonly [N in E]: {
    readonly event: N;
    readonly data: ServerData<N>;
    readonly ref: string | undefined;
    readonly text: string;
  };
}[E];

const Envelope = z.strictObject({
  event: z.enum(Object.keys(SERVER_EVENTS) as [ServerEventName, ...ServerEventName[]]),
  data: z.looseObject({}),
  ref: z.string().min(1).max(64).optional(),
});

/**
 * Parses a text frame of the server and validates it against docs/protocol.md, section 4: a known event, its fields
 * and no others.
 *
 * @throws Error that quotes the frame and what is wrong with it.
 */
export function readServerFrame(text: string): ServerFrame {
  const envelope = Envelope.safeParse(parse(text));
  if (!envelope.success) throw violation(text, envelope.error);
  const { event, data, ref } = envelope.data;
  const checked = SERVER_EVENTS[event].strict().safeParse(data);
  if (!checked.success) throw violation(text, checked.error);
  // The schema of this event accepted the frame; the types cannot express that.
  return { event, data: checked.data, ref, text } as ServerFrame;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function violation(text: string, error: z.ZodError): Error {
  return new Error(`the server broke the protocol with ${text.slice(0, 300)}: ${z.prettifyError(error)}`);
}
