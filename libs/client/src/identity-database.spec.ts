import { describe, expect, it } from '@jest/globals';
import { FakeDatabase } from '../test/fake-database.js';
import { hasIdentity, keepIdentity } from './identity-database.js';

describe('An identity in IndexedDB', () => {
  it('is generated once for each name', async () => {
    const database = new FakeDatabase();
    expect(await hasIdentity('alice', database)).toBe(false);
    const { deviceId, peerId } = await keepIdentity('alice', database);
    expect(await keepIdentity('alice', database)).toMatchObject({ deviceId, peerId });
    expect((await keepIdentity('bob', database)).peerId).not.toBe(peerId);
    expect([await hasIdentity('alice', database), [...database.kept.keys()]]).toEqual([true, ['alice', 'bob']]);
  });

  it('is the same for two tabs that generate it at the same time', async () => {
    const database = new FakeDatabase();
    const made = await Promise.all([1, 2, 3].map(() => keepIdentity('alice', database)));
    expect(new Set(made.map(({ peerId }) => peerId)).size).toBe(1);
  });

  it.each([null, 7, {}, { deviceId: 'device-1' }, { deviceId: 'short', pair: {} }])(
    'is not overwritten if the stored value is another: %j',
    async (value) => {
      const database = new FakeDatabase();
      database.kept.set('alice', value);
      await expect(keepIdentity('alice', database)).rejects.toThrow('not an identity');
      expect(database.kept.get('alice')).toBe(value);
    },
  );

  it('cannot be kept by a browser without storage, and the error is a sentence', async () => {
    const database = new FakeDatabase();
    database.refusal = new Error('QuotaExceededError');
    await expect(keepIdentity('alice', database)).rejects.toThrow('The browser cannot keep an identity.');
    await expect(keepIdentity('alice')).rejects.toThrow('This runtime has no IndexedDB to keep an identity.');
  });
});
