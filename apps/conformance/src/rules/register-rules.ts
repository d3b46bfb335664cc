import { CLOSE_CODES, LIMITS } from '@white-rabbit/protocol';
import { ensure, expectClose, expectError, expectFrame, expectPresence, NETWORK_MS } from '../expectations.js';
import { rulesOf, type Rule } from '../rule.js';

const CALL = { call_id: 'call-unknown-0' };
const BEFORE_REGISTER: readonly (readonly [event: string, data: object])[] = [
  ['contacts', {}],
  ['call', { ...CALL, peer_id: 'peer-unknown-1' }],
  ['accept', CALL],
  ['reject', CALL],
  ['signal', { ...CALL, signal: {} }],
  ['established', CALL],
  ['hangup', CALL],
];

/** Sections 3 and 4: register, contacts, heartbeat. */
export const REGISTER_RULES: readonly Rule[] = [
  ...rulesOf(3, {
    'server answers every event except heartbeat with not_registered before register and keeps the socket open': async (
      context,
    ) => {
      const alice = await context.unregistered();
      for (const [event, data] of BEFORE_REGISTER) expectError(await alice.ask(event, data), 'not_registered', event);
      expectFrame(await alice.ask('heartbeat', {}), { event: 'heartbeat', data: { ack: true } });
      expectFrame(await alice.ask('register', alice.identity), { event: 'registered' });
    },
    'registered carries the peer, the session and the times of the heartbeat': async (context) => {
      const alice = await context.unregistered();
      const answer = await alice.ask('register', alice.identity);
      const times = {
        heartbeat_interval: LIMITS.heartbeatIntervalMs / 1_000,
        heartbeat_timeout: LIMITS.heartbeatTimeoutMs / 1_000,
      };
      expectFrame(answer, { event: 'registered', data: { peer_id: alice.peer_id, ...times } });
    },
    'registered carries a new session_id for every session of a device': async (context) => {
      const identity = await context.identity();
      const ids = new Set<string>();
      for (let count = 0; count < 2; count += 1) {
        const alice = await context.connect(identity);
        const response = await alice.ask('register', alice.identity);
        expectFrame(response, { event: 'registered' });
        if (response.event === 'registered') ids.add(response.data.session_id);
      }
      ensure(ids.size === 2, 'two sessions have the same session_id');
    },
    'server sends no presence after registered without contacts': async (context) => {
      for (const contacts of [undefined, []]) {
        const alice = await context.client({ ...(contacts && { contacts }) });
        await alice.expectNothing('presence');
      }
    },
    'server answers a second register with already_registered and keeps the session': async (context) => {
      const alice = await context.client();
      expectError(await alice.ask('register', alice.identity), 'already_registered', 'register');
      expectPresence(await alice.ask('contacts', { add: [alice.peer_id] }), { [alice.peer_id]: 'ONLINE' });
    },
    'server answers frames that follow register at once in order': async (context) => {
      const alice = await context.unregistered({ contacts: ['peer-unknown-0'] });
      alice.send('register', alice.identity, 'one');
      alice.send('contacts', {}, 'two');
      alice.send('heartbeat', {}, 'three');
      await alice.answer('three');
      const events = alice.unread.map(({ event }) => event).join(' ');
      ensure(events === 'registered presence presence', `before the last answer came ${events}`);
    },
    'server answers no frame after it refused register': async (context) => {
      const alice = await context.unregistered();
      alice.send('register', { ...alice.identity, license_key: 'nonsense' }, 'one');
      alice.send('register', alice.identity, 'two');
      alice.send('contacts', { add: ['peer-unknown-0'] }, 'three');
      await expectClose(alice, CLOSE_CODES.licenseRefused);
      const refs = alice.unread.map(({ ref }) => ref).join(' ');
      ensure(refs === 'one', `answered ${refs}`);
    },
    'server answers contacts that adds no peer with an empty list': async (context) => {
      const alice = await context.client();
      for (const data of [{}, { add: [] }, { remove: ['peer-unknown-0'] }])
        expectPresence(await alice.ask('contacts', data), {});
    },
    'server answers a heartbeat with an ack, and does not answer an ack': async (context) => {
      const alice = await context.client();
      alice.send('heartbeat', { ack: true }, 'one');
      alice.send('heartbeat', { ack: false }, 'two');
      expectFrame(await alice.answer('two'), { event: 'heartbeat', data: { ack: true } });
      ensure(alice.unread.length === 0, 'an ack was answered');
    },
  }),
  ...rulesOf(
    3,
    {
      'server closes a socket with 4001 that sends other events and does not register within 10 s': async (context) => {
        const alice = await context.open();
        const timer = setInterval(() => {
          alice.send('heartbeat', {});
          alice.send('contacts', {});
        }, NETWORK_MS);
        try {
          await expectClose(alice, CLOSE_CODES.notRegistered, LIMITS.registerMs + NETWORK_MS * 3);
        } finally {
          clearInterval(timer);
        }
      },
      'server closes a socket with 4001 that does not register within 10 s': async (context) => {
        const opened = performance.now();
        const alice = await context.open();
        await expectClose(alice, CLOSE_CODES.notRegistered, LIMITS.registerMs + NETWORK_MS * 3);
        const tookMs = performance.now() - opened;
        ensure(tookMs > LIMITS.registerMs - NETWORK_MS, `it was closed after ${Math.round(tookMs)} ms`);
      },
    },
    ['slow'],
  ),
];
