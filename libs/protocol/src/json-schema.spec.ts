import { describe, expect, it } from '@jest/globals';
import { CLIENT_EVENTS } from './client-events.js';
import { protocolSchema } from './json-schema.js';
import { SERVER_EVENTS } from './server-events.js';

describe('the JSON Schema export', () => {
  const schema = protocolSchema();

  it('has a frame for every event of both directions', () => {
    expect(Object.keys(schema.client)).toEqual(Object.keys(CLIENT_EVENTS));
    expect(Object.keys(schema.server)).toEqual(Object.keys(SERVER_EVENTS));
  });

  it('says of a signal that it is an object, and nothing about what is in it', () => {
    expect(schema.client['signal']).toMatchObject({
      properties: { data: { properties: { signal: { type: 'object' } }, required: ['call_id', 'signal'] } },
    });
  });

  it('lets data be left out only where nothing in it is required', () => {
    expect(schema.client['heartbeat']).toMatchObject({ required: ['event'] });
    expect(schema.client['call']).toMatchObject({ required: ['event', 'data'] });
  });
});
