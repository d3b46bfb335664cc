/* eslint-disable @nx/enforce-module-boundaries -- an example imports the package as its users do */
// A peer in Node: logs presence, accepts every call, and echoes the texts it receives.
import { connect, PeerCall } from '@white-rabbit/client';
import { keepIdentityFile } from '@white-rabbit/client/node';
import { RTCPeerConnection } from 'werift';

/** Runs until `client.close()`. */
export async function echo(url: string, licenseKey: string, file: string, friend: string) {
  const client = connect({ url, licenseKey, ...(await keepIdentityFile(file)), contacts: [friend] });

  client.on('state', (state) => console.log('server:', state.name));
  client.on('presence', ({ status }) => console.log('friend:', status));
  client.on('ring', async (call) => {
    if (!(await call.accept()).ok) return;
    const peer = new PeerCall(call, { createConnection: (configuration) => new RTCPeerConnection(configuration) });
    peer.on('text', (text) => peer.send(`${text}, you said.`));
    console.log('call ended:', await peer.closed);
  });
  return client;
}
