import { describe, expect, it } from '@jest/globals';
import { IceServerProvider } from './ice-server-provider.js';
import { turnCredentials } from './turn-credentials.js';

/** 2026-11-23 20:00:00.500 UTC. */
const NOW_MS = 1_795_464_000_500;
const URLS = ['turn:one.example:3478', 'stun:one.example:3478', 'turns:one.example:443?transport=tcp'];

describe('The ICE servers for one side of a call', () => {
  const offer = new IceServerProvider({ urls: URLS, secret: 'north' }, () => NOW_MS);

  it('are the configured ones: STUN without credentials, relays with credentials that expire after 10 minutes', () => {
    const [stun, relay, ...more] = offer.servers() ?? [];
    expect([stun, more]).toEqual([{ urls: ['stun:one.example:3478'] }, []]);
    expect(relay?.urls).toEqual(['turn:one.example:3478', 'turns:one.example:443?transport=tcp']);
    const [expiresAt, token = ''] = relay?.username?.split(':') ?? [];
    expect(expiresAt).toBe('1795464601');
    expect(relay).toMatchObject(turnCredentials('north', 1_795_464_601, token));
  });

  it('have a new user name each time', () => {
    const names = Array.from({ length: 100 }, () => offer.servers()?.at(-1)?.username);
    expect(new Set(names).size).toBe(100);
    for (const name of names) expect(name).toMatch(/^\d{10}:[\w-]{16}$/);
  });

  it('are only the relays if no STUN server is set', () => {
    const servers = new IceServerProvider({ urls: ['turn:one.example'], secret: 'north' }).servers();
    expect(servers?.map(({ urls }) => urls)).toEqual([['turn:one.example']]);
  });

  it('are absent if none is configured', () => {
    expect(new IceServerProvider({ urls: [], secret: '' }).servers()).toBeUndefined();
  });
});
