import { createHash, createPublicKey, verify } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { FrameProxy, newIdentity, type RelayedFrame } from '@white-rabbit/testing';
import { useCluster } from '@white-rabbit/testing/use-cluster';
import { connect, createIdentity } from '../src/index.js';

const NONCE = 'u3Zb0sWq1FhJk9xT2mVc7A';

const cluster = useCluster(1);

describe('A client of a server that asks for a proof', () => {
  it('registers with a signature of this connection, which others can verify with its public key', async () => {
    const proxy = await FrameProxy.start(cluster.gateway(0).url, {
      subprotocol: 'white-rabbit.v1.proof',
      greeting: { event: 'challenge', data: { nonce: NONCE } },
    });
    let register: RelayedFrame['data'] = {};
    proxy.rewrite = (frame) => {
      if (frame.event !== 'register') return [frame];
      register = frame.data ?? {};
      // The gateway behind the proxy has not sent the challenge.
      const { proof: _, ...data } = register;
      return [{ ...frame, data }];
    };
    const [licenseKey, { peerKey }] = [await cluster.licenseKey(), await createIdentity()];
    const { device_id, peer_id } = newIdentity('alice');
    const client = connect({ url: proxy.url, licenseKey, deviceId: device_id, peerId: peer_id, peerKey });
    expect(await client.online()).toEqual({ ok: true });

    const { public_key, signature } = register['proof'] as { public_key: string; signature: string };
    const license = createHash('sha256').update(licenseKey.replaceAll('-', '')).digest('hex');
    const host = new URL(proxy.url).host;
    const text = ['white-rabbit.v1.proof', host, NONCE, device_id, peer_id, license, '0'].join('\n');
    const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: public_key }, format: 'jwk' });
    expect(verify(null, Buffer.from(text), key, Buffer.from(signature, 'base64url'))).toBe(true);
    expect(public_key).toBe(peerKey.publicKey);
    client.close();
    await proxy.stop();
  });
});
