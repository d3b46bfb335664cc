import { CLOSE_CODES, LIMITS } from '@white-rabbit/protocol';
import { closes, holds, matches, refuses, tells } from '../expectations.js';
import { rulesOf } from '../rule.js';
import type { Rule } from '../rule.js';
import { NETWORK_MS } from './allowances.js';

const CALL = { call_id: 'call-of-somebody' };
const BEFORE: readonly (readonly [event: string, data: object])[] = [
  ['contacts', {}],
  ['call', { ...CALL, peer_id: 'peer-of-somebody' }],
  ['accept', CALL],
  ['reject', CALL],
  ['signal', { ...CALL, signal: {} }],
  ['established', CALL],
  ['hangup', CALL],
];

/** Sections 3 and 4: register, contacts, heartbeat. */
export const REGISTER_RULES: readonly Rule[] = [
  ...rulesOf(3, {
    'everything but heartbeat is answered not_registered before register, and the socket stays open': async (scene) => {
      const alice = await scene.stranger();
      for (const [event, data] of BEFORE) refuses(await alice.ask(event, data), 'not_registered', event);
      matches(await alice.ask('heartbeat', {}), { event: 'heartbeat', data: { ack: true } });
      matches(await alice.ask('register', alice.identity), { event: 'registered' });
    },
    'registered tells the peer, a session, and the times of the heartbeat': async (scene) => {
      const alice = await scene.stranger();
      const answer = await alice.ask('register', alice.identity);
      const times = {
        heartbeat_interval: LIMITS.heartbeatIntervalMs / 1_000,
        heartbeat_timeout: LIMITS.heartbeatTimeoutMs / 1_000,
      };
      matches(answer, { event: 'registered', data: { peer_id: alice.peer_id, ...times } });
    },
    'registered is followed by one presence with every contact': async (scene) => {
      const bob = await scene.guest();
      const alice = await scene.guest({ contacts: [bob.peer_id, 'peer-of-nobody', 'peer-of-nobody'] });
      tells(await alice.next('presence'), { [bob.peer_id]: 'ONLINE', 'peer-of-nobody': 'OFFLINE' });
      await alice.expectNothing('presence');
    },
    'without contacts registered is followed by no presence': async (scene) => {
      const alice = await scene.guest({ contacts: [] });
      await alice.expectNothing('presence');
    },
    'a second register is answered already_registered, and the session goes on': async (scene) => {
      const alice = await scene.guest();
      refuses(await alice.ask('register', alice.identity), 'already_registered', 'register');
      matches(await alice.ask('contacts', { add: [alice.peer_id] }), { event: 'presence' });
    },
    'what is sent right behind register is answered in order': async (scene) => {
      const alice = await scene.stranger({ contacts: ['peer-of-nobody'] });
      alice.send('register', alice.identity, 'one');
      alice.send('contacts', {}, 'two');
      alice.send('heartbeat', {}, 'three');
      await alice.answer('three');
      const events = alice.unread.map(({ event }) => event).join(' ');
      holds(events === 'registered presence presence', `before the last answer came ${events}`);
    },
    'a refused register is the last thing that is answered': async (scene) => {
      const alice = await scene.stranger();
      alice.send('register', { ...alice.identity, license_key: 'nonsense' }, 'one');
      alice.send('register', alice.identity, 'two');
      await closes(alice, CLOSE_CODES.licenseRefused);
      const refs = alice.unread.map(({ ref }) => ref).join(' ');
      holds(refs === 'one', `answered ${refs}`);
    },
    'contacts is answered with the status of those it added, and of no others': async (scene) => {
      const bob = await scene.guest();
      const alice = await scene.guest({ contacts: ['peer-of-nobody'] });
      await alice.next('presence');
      tells(await alice.ask('contacts', { add: [bob.peer_id] }), { [bob.peer_id]: 'ONLINE' });
    },
    'contacts that adds nobody is answered with an empty list': async (scene) => {
      const alice = await scene.guest();
      for (const data of [{}, { add: [] }, { remove: ['peer-of-nobody'] }])
        tells(await alice.ask('contacts', data), {});
    },
    'a heartbeat is answered with an ack, and an ack is not answered': async (scene) => {
      const alice = await scene.guest();
      alice.send('heartbeat', { ack: true }, 'one');
      alice.send('heartbeat', { ack: false }, 'two');
      matches(await alice.answer('two'), { event: 'heartbeat', data: { ack: true } });
      holds(alice.unread.length === 0, 'an ack was answered');
    },
  }),
  ...rulesOf(
    3,
    {
      'a socket that did not register for 10 s is closed with 4001': async (scene) => {
        const opened = performance.now();
        const alice = await scene.open();
        await closes(alice, CLOSE_CODES.notRegistered, LIMITS.registerMs + NETWORK_MS * 3);
        const tookMs = performance.now() - opened;
        holds(tookMs > LIMITS.registerMs - NETWORK_MS, `it was closed after ${Math.round(tookMs)} ms`);
      },
    },
    ['patience'],
  ),
];
