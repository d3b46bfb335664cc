import { connect, type Client, type ConnectOptions } from '../src/index.js';
import { FakeSocket } from './fake-socket.js';

/** Options that connect to a `FakeSocket`. */
export const ALICE: ConnectOptions = {
  url: 'wss://one.example/ws',
  licenseKey: 'WR1-KEY',
  deviceId: 'device-alice',
  peerId: 'peer-alice',
  webSocket: FakeSocket,
};

/** A registered client and its server. */
export function onlineAlice(options: Partial<ConnectOptions> = {}): { client: Client; server: FakeSocket } {
  const client = connect({ ...ALICE, ...options });
  return { client, server: FakeSocket.last.register() };
}
