/* eslint-disable @nx/enforce-module-boundaries -- an example imports the package as its users do */
// A peer in a browser: calls a friend and shows the texts it receives.
import { connect, keepIdentity, PeerCall } from '@white-rabbit/client';

/** Calls `friend`. `show` puts a line on the page. @throws Error with the reason if the call fails. */
export async function callFriend(url: string, licenseKey: string, friend: string, show: (line: string) => void) {
  const client = connect({ url, licenseKey, ...(await keepIdentity()), contacts: [friend] });
  const outcome = await client.online();
  if (!outcome.ok) throw new Error(`No server: ${outcome.message}`);

  const call = client.call(friend);
  const answer = await call.answered;
  if (answer !== 'accepted') throw new Error(`No call: ${answer}`);

  const peer = new PeerCall(call, { createConnection: (configuration) => new RTCPeerConnection(configuration) });
  peer.on('text', show);
  const connected = await peer.opened;
  if (!connected.ok) throw new Error(`No connection: ${connected.reason}`);
  return { client, peer };
}
