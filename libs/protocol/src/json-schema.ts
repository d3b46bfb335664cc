import { z } from 'zod';
import { CLIENT_EVENTS } from './client-events.js';
import { Ref } from './ids.js';
import { SERVER_EVENTS } from './server-events.js';

/** JSON Schema (2020-12) of every frame of the protocol, from the very schemas the gateway validates with. */
export interface ProtocolSchema {
  readonly client: Readonly<Record<string, object>>;
  readonly server: Readonly<Record<string, object>>;
}

/** Frames by direction and event. Lengths, patterns and required fields are as enforced. */
export function protocolSchema(): ProtocolSchema {
  return { client: framesOf(CLIENT_EVENTS, 'input'), server: framesOf(SERVER_EVENTS, 'output') };
}

function framesOf(events: Readonly<Record<string, z.ZodObject>>, io: 'input' | 'output'): Record<string, object> {
  return Object.fromEntries(Object.entries(events).map(([event, data]) => [event, frameSchema(event, data, io)]));
}

function frameSchema(event: string, data: z.ZodObject, io: 'input' | 'output'): object {
  const mayLackData = io === 'input' && data.safeParse({}).success;
  const frame = z.object({ event: z.literal(event), data: mayLackData ? data.optional() : data, ref: Ref.optional() });
  // A custom check has no schema of its own; its `meta` says what stands for it.
  return z.toJSONSchema(frame, { io, unrepresentable: 'any', target: 'draft-2020-12', reused: 'inline' });
}
