import { connect, type Client, type ConnectOptions } from '../src/index.js';
import { FakeSocket } from './fake-socket.js';

/** Options that connect to the test. */
export const ALICE: ConnectOptions = {
  url: 'wss://one.example/ws',
  licenseKey: 'WR1-KEY',
  deviceId: 'device-alice',
  peerId: 'peer-alice',
  webSocket: FakeSocket,
};

/** A client that is registered at the test. */
export function onlineAlice(options: Partial<ConnectOptions> = {}): { client: Client; server: FakeSocket } {
  const client = connect({ ...ALICE, ...options });
  return { client, server: FakeSocket.last.register() };
}
