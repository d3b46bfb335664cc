import { z } from 'zod';
import { CLIENT_EVENTS } from './client-events.js';
import { Ref } from './ids.js';
import { SERVER_EVENTS } from './server-events.js';

/** The JSON Schema (2020-12) of every frame, generated from the schemas with which the gateway validates frames. */
export interface ProtocolSchema {
  readonly client: Readonly<Record<string, object>>;
  readonly server: Readonly<Record<string, object>>;
}

/** The schemas of all frames by direction and event. */
export function protocolSchema(): ProtocolSchema {
  return { client: framesOf(CLIENT_EVENTS, 'input'), server: framesOf(SERVER_EVENTS, 'output') };
}

function framesOf(events: Readonly<Record<string, z.ZodObject>>, io: 'input' | 'output'): Record<string, object> {
  return Object.fromEntries(Object.entries(events).map(([event, data]) => [event, frameSchema(event, data, io)]));
}

function frameSchema(event: string, data: z.ZodObject, io: 'input' | 'output'): object {
  const mayLackData = io === 'input' && data.safeParse({}).success;
  const frame = z.object({ event: z.literal(event), data: mayLackData ? data.optional() : data, ref: Ref.optional() });
  return z.toJSONSchema(frame, { io, target: 'draft-2020-12', reused: 'inline' });
}
