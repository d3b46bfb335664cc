import { protocolSchema } from './json-schema.js';

/** Schemas by name: `client.<event>` and `server.<event>` for frames, and the ids of section 2 (`PeerId`, …). */
export type PublishedSchemas = Readonly<Record<string, object>>;

/**
 * The schemas of all frames in one table, with each shared id once. `at` is the location of the table in the document,
 * such as `#/$defs`. The schemas of the server's frames allow unknown fields, because later versions can add fields. Uses
 * only keywords with the same meaning in draft-07 and 2020-12.
 */
export function publishedSchemas(at: string): PublishedSchemas {
  const { client, server } = protocolSchema();
  const shared = new Map<string, object>();
  const frames = [...named('client', client), ...named('server', server)].map(([name, schema]) => {
    const { $schema: _, $defs, ...frame } = schema;
    for (const [id, definition] of Object.entries($defs ?? {})) shared.set(id, definition);
    return [name, publish(frame, at)] as const;
  });
  return Object.fromEntries([...[...shared].sort(byName), ...frames]) as PublishedSchemas;
}

interface FrameSchema {
  readonly $schema?: string;
  readonly $defs?: Readonly<Record<string, object>>;
}

function named(side: string, frames: Readonly<Record<string, object>>): [string, FrameSchema][] {
  return Object.entries(frames).map(([event, schema]) => [`${side}.${event}`, schema]);
}

function byName([a]: readonly [string, object], [b]: readonly [string, object]): number {
  return a < b ? -1 : 1;
}

/** The same schema with references to the common table, and with unknown fields allowed. */
function publish(value: unknown, at: string): unknown {
  if (Array.isArray(value)) return value.map((item) => publish(item, at));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([key, item]) => key !== 'additionalProperties' || item !== false);
  return Object.fromEntries(
    entries.map(([key, item]) => [
      key,
      key === '$ref' && typeof item === 'string' ? item.replace('#/$defs', at) : publish(item, at),
    ]),
  );
}

/** The location of the definitions in the document. */
const DEFINITIONS = '#/$defs';

/**
 * The JSON Schema (2020-12) of the protocol: a frame of either side, with `$defs` for each event and id, and with
 * `ClientFrame` and `ServerFrame` for all frames of one side.
 */
export function schemaDocument(): object {
  const schemas = publishedSchemas(DEFINITIONS);
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'White Rabbit protocol, version 1',
    description: 'A text frame. ClientFrame: frames that a client sends. ServerFrame: frames that a gateway sends.',
    anyOf: [{ $ref: `${DEFINITIONS}/ClientFrame` }, { $ref: `${DEFINITIONS}/ServerFrame` }],
    $defs: { ...schemas, ClientFrame: anyOf('client.', schemas), ServerFrame: anyOf('server.', schemas) },
  };
}

function anyOf(prefix: string, schemas: PublishedSchemas): object {
  const names = Object.keys(schemas).filter((name) => name.startsWith(prefix));
  return { anyOf: names.map((name) => ({ $ref: `${DEFINITIONS}/${name}` })) };
}
