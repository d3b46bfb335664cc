import { CLIENT_EVENTS } from './client-events.js';
import { protocolSchema } from './json-schema.js';
import { SERVER_EVENTS } from './server-events.js';

/**
 * Schemas by name: `ClientRegister`, `ServerRing`, … for frames, `ClientRegisterData`, … for their `data`, and the names of
 * what both contain (`PeerId`, `HangupReason`, …). Generators of code take the names of types from them.
 */
export type PublishedSchemas = Readonly<Record<string, object>>;

/** The name of the schema of a frame. */
export function schemaName(side: 'client' | 'server', event: string): string {
  return `${capitalized(side)}${capitalized(event)}`;
}

/**
 * The schemas of all frames in one table, with each shared schema once. `at` is the location of the table in the document,
 * such as `#/$defs`. The schemas of the server's frames allow unknown fields, because later versions can add fields. Uses
 * only keywords with the same meaning in draft-07 and 2020-12.
 */
export function publishedSchemas(at: string): PublishedSchemas {
  const { client, server } = protocolSchema();
  const shared = new Map<string, object>();
  const frames = [...named('client', client), ...named('server', server)].flatMap(([name, schema]) => {
    const { $schema: _, $defs, properties, ...frame } = schema;
    for (const [id, definition] of Object.entries($defs ?? {})) shared.set(id, definition);
    const data = `${name}Data`;
    return [
      [name, { ...frame, properties: { ...properties, data: { $ref: `#/$defs/${data}` } } }] as const,
      [data, properties.data] as const,
    ];
  });
  const all = [...[...shared].sort(byName), ...frames];
  return Object.fromEntries(all.map(([name, schema]) => [name, publish(schema, at)])) as PublishedSchemas;
}

interface FrameSchema {
  readonly $schema?: string;
  readonly $defs?: Readonly<Record<string, object>>;
  readonly properties: { readonly event: object; readonly data: object; readonly ref: object };
}

function named(side: 'client' | 'server', frames: Readonly<Record<string, object>>): [string, FrameSchema][] {
  // Cast: every frame is the schema of an object with these properties.
  return Object.entries(frames).map(([event, schema]) => [schemaName(side, event), schema as FrameSchema]);
}

function capitalized(word: string): string {
  return word.slice(0, 1).toUpperCase() + word.slice(1);
}

function byName([a]: readonly [string, object], [b]: readonly [string, object]): number {
  return a < b ? -1 : 1;
}

/**
 * The same schema with references to the common table, and with unknown fields allowed. Nothing stands beside a reference:
 * draft-07 ignores it.
 */
function publish(value: unknown, at: string): unknown {
  if (Array.isArray(value)) return value.map((item) => publish(item, at));
  if (typeof value !== 'object' || value === null) return value;
  if ('$ref' in value && typeof value.$ref === 'string') return { $ref: value.$ref.replace('#/$defs', at) };
  const entries = Object.entries(value).filter(([key, item]) => key !== 'additionalProperties' || item !== false);
  return Object.fromEntries(entries.map(([key, item]) => [key, publish(item, at)]));
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
    $defs: { ...schemas, ClientFrame: anyOf('client', CLIENT_EVENTS), ServerFrame: anyOf('server', SERVER_EVENTS) },
  };
}

function anyOf(side: 'client' | 'server', events: object): object {
  return { anyOf: Object.keys(events).map((event) => ({ $ref: `${DEFINITIONS}/${schemaName(side, event)}` })) };
}
