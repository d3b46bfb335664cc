import { describe, expect, it } from '@jest/globals';
import { CLIENT_EVENTS } from './client-events.js';
import { protocolSchema } from './json-schema.js';
import { SERVER_EVENTS } from './server-events.js';

describe('protocolSchema', () => {
  const schema = protocolSchema();

  it('has a schema for every event of both directions', () => {
    expect(Object.keys(schema.client)).toEqual(Object.keys(CLIENT_EVENTS));
    expect(Object.keys(schema.server)).toEqual(Object.keys(SERVER_EVENTS));
  });

  it('requires that a signal is an object, and nothing about its content', () => {
    expect(schema.client['signal']).toMatchObject({
      properties: { data: { required: ['call_id', 'signal'] } },
      $defs: { Signal: { type: 'object', properties: {}, additionalProperties: {} } },
    });
  });

  it('allows absent data only if no field of it is required', () => {
    expect(schema.client['heartbeat']).toMatchObject({ required: ['event'] });
    expect(schema.client['call']).toMatchObject({ required: ['event', 'data'] });
  });
});
