import { protocolSchema } from './json-schema.js';

/** Schemas by name: `client.<event>` and `server.<event>` for frames, and the names of section 2 (`PeerId`, …). */
export type PublishedSchemas = Readonly<Record<string, object>>;

/**
 * Every frame's schema in one table, each shared name once. `at` is the place of the table in the document that is to
 * hold it, such as `#/$defs`. Of the server's frames nobody is told to refuse unknown fields: later versions may add
 * some, and a client ignores them as the server does. Only keywords that draft-07 and 2020-12 read alike.
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

/** The same JSON with references led to the common table, and open to fields yet unknown. */
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
