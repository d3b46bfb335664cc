import { describe, expect, it } from '@jest/globals';
import { asyncApi } from './async-api.js';
import { CLIENT_EVENTS } from './client-events.js';
import { CLIENT_EVENT_TEXTS, SERVER_EVENT_TEXTS } from './event-texts.js';
import { isBadData, readData } from './frame.js';
import { schemaDocument } from './schema-document.js';
import { SERVER_EVENTS } from './server-events.js';

const CLIENT_NAMES = Object.keys(CLIENT_EVENTS) as (keyof typeof CLIENT_EVENTS)[];
const SERVER_NAMES = Object.keys(SERVER_EVENTS) as (keyof typeof SERVER_EVENTS)[];

/** Every `$ref` within a document. */
function references(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) =>
    key === '$ref' && typeof item === 'string' ? [item] : references(item),
  );
}

/** The objects and enumerations within a value that are not references to a named schema. */
function nameless(value: unknown): object[] {
  if (typeof value !== 'object' || value === null) return [];
  const inner = Object.values(value).flatMap((item: unknown) => nameless(item));
  return 'enum' in value || ('properties' in value && !Array.isArray(value)) ? [value, ...inner] : inner;
}

/** What a `#/a/b` reference leads to. */
function lookUp(document: unknown, reference: string): unknown {
  let at = document;
  for (const key of reference.split('/').slice(1)) {
    if (typeof at !== 'object' || at === null) return undefined;
    at = Object.entries(at).find(([name]) => name === key)?.[1];
  }
  return at;
}

describe.each([
  ['the AsyncAPI document', asyncApi()],
  ['the JSON Schema document', schemaDocument()],
])('%s', (_, document) => {
  it('has no dangling reference', () => {
    const all = references(document);
    expect(all.length).toBeGreaterThan(30);
    expect(all.filter((reference) => lookUp(document, reference) === undefined)).toEqual([]);
  });

  it('allows unknown fields in the frames of the server', () => {
    expect(JSON.stringify(document)).not.toContain('"additionalProperties":false');
  });

  it('has a name for every object and every enumeration', () => {
    const table = lookUp(document, '$defs' in document ? '#/$defs' : '#/components/schemas') as object;
    const schemas = Object.values(table) as { readonly properties?: Readonly<Record<string, object>> }[];
    expect(schemas.length).toBeGreaterThan(40);
    expect(schemas.flatMap((schema) => Object.values(schema.properties ?? {})).flatMap(nameless)).toEqual([]);
  });
});

describe('asyncApi', () => {
  it('has a message for every event of both directions, and an operation for every event of the client', () => {
    const names = [...CLIENT_NAMES.map((name) => `client.${name}`), ...SERVER_NAMES.map((name) => `server.${name}`)];
    const { components, operations } = asyncApi() as Record<'components' | 'operations', Record<string, object>>;
    expect(Object.keys(components['messages'] ?? {})).toEqual(names);
    expect(Object.keys(operations)).toEqual([...CLIENT_NAMES, 'send']);
  });
});

describe('The published examples', () => {
  it.each(CLIENT_NAMES)('of the client event %s are accepted by its schema', (event) => {
    expect(isBadData(readData(event, CLIENT_EVENT_TEXTS[event].example))).toBe(false);
  });

  it.each(SERVER_NAMES)('of the server event %s are accepted by its schema', (event) => {
    expect(SERVER_EVENTS[event].strict().safeParse(SERVER_EVENT_TEXTS[event].example).success).toBe(true);
  });
});
