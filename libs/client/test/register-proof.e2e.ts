import { afterEach, describe, expect, it } from '@jest/globals';
import { FrameProxy, newIdentity, type RelayedFrame } from '@white-rabbit/testing';
import { useCluster } from '@white-rabbit/testing/use-cluster';
import { connect, createIdentity, type Client, type ConnectOptions } from '../src/index.js';

const cluster = useCluster(1);
const clients: Client[] = [];
const proxies: FrameProxy[] = [];

afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  await Promise.all(proxies.splice(0).map((proxy) => proxy.stop()));
});

/** A client behind a proxy, and the frames that passed. */
async function client(options: Omit<ConnectOptions, 'url'>, change = (frame: RelayedFrame) => frame) {
  const proxy = await FrameProxy.start(cluster.gateway(0).url);
  proxies.push(proxy);
  const passed: RelayedFrame[] = [];
  proxy.rewrite = (frame) => [passed[passed.push(change(frame)) - 1] ?? frame];
  const made = connect({ url: proxy.url, ...options });
  clients.push(made);
  return { client: made, passed };
}

describe('A client with a key at a gateway', () => {
  it('waits for the challenge, and is registered with its proof, for a peer id of its key or of its own', async () => {
    const identity = await createIdentity();
    const { device_id, peer_id } = newIdentity('alice');
    for (const names of [identity, { ...identity, deviceId: device_id, peerId: peer_id }]) {
      const { client: made, passed } = await client({ licenseKey: await cluster.licenseKey(), ...names });
      expect(await made.online()).toEqual({ ok: true });
      expect(passed.map(({ event }) => event).slice(0, 3)).toEqual(['challenge', 'register', 'registered']);
      expect(passed[1]?.data?.['proof']).toMatchObject({ public_key: identity.peerKey.publicKey });
    }
  });

  it.each([
    ['another license', (license_key: string) => ({ license_key })],
    ['another device', () => ({ device_id: 'device-of-mallory' })],
    ['a transfer', () => ({ transfer: true })],
  ])('is refused if its register was changed on the way to %s, and does not try again', async (_, change) => {
    const changed = change(await cluster.licenseKey());
    const options = { licenseKey: await cluster.licenseKey(), ...(await createIdentity()) };
    const { client: made } = await client(options, (frame) =>
      frame.event === 'register' ? { ...frame, data: { ...frame.data, ...changed } } : frame,
    );
    expect(await made.online()).toMatchObject({ ok: false, code: 'proof_invalid' });
    expect(made.state).toMatchObject({ name: 'ended', why: { code: 4502, error: 'proof_invalid' } });
  });
});
