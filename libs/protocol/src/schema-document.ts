import { publishedSchemas } from './published-schemas.js';
import type { PublishedSchemas } from './published-schemas.js';

/** Where the definitions stand in the document. */
const DEFINITIONS = '#/$defs';

/**
 * The JSON Schema (2020-12) of the wire: a frame of either side, with `$defs` for each event and name, and `ClientFrame`
 * and `ServerFrame` for all that one side may send.
 */
export function schemaDocument(): object {
  const schemas = publishedSchemas(DEFINITIONS);
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'White Rabbit wire protocol, version 1',
    description: 'One text frame. ClientFrame is what a client may send, ServerFrame what a gateway sends.',
    anyOf: [{ $ref: `${DEFINITIONS}/ClientFrame` }, { $ref: `${DEFINITIONS}/ServerFrame` }],
    $defs: { ...schemas, ClientFrame: anyOf('client.', schemas), ServerFrame: anyOf('server.', schemas) },
  };
}

function anyOf(prefix: string, schemas: PublishedSchemas): object {
  const names = Object.keys(schemas).filter((name) => name.startsWith(prefix));
  return { anyOf: names.map((name) => ({ $ref: `${DEFINITIONS}/${name}` })) };
}
