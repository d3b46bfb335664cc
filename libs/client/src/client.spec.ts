import { expect, it } from '@jest/globals';
import { onlineAlice } from '../test/alice.js';

it('a call is hung up when its signal is aborted', async () => {
  const { client, server } = onlineAlice();
  const controller = new AbortController();
  const call = client.call('peer-bob', controller);
  controller.abort();
  expect([await call.answered, server.lastOf('hangup').data]).toEqual(['cancelled', { call_id: call.id }]);
  client.close();
});

it('a client is closed at the end of an await using block', async () => {
  const { client } = onlineAlice();
  {
    await using own = client;
    expect(own.state.name).toBe('online');
  }
  expect(client.state).toMatchObject({ name: 'ended', why: { code: 1000 } });
});
