import { randomBytes } from 'node:crypto';
import { CallId, DeviceId, PeerId } from '@white-rabbit/protocol';
import type { Registration } from './registration.js';
import { TestClient, type ConnectOptions } from './test-client.js';
import type { ServerFrame } from './server-frame.js';

/** A client with its own identity and license. */
export class TestPeer extends TestClient {
  readonly license_key: string;
  readonly device_id: string;
  readonly peer_id: string;
  readonly #contacts: readonly string[] | undefined;

  constructor(url: string, identity: Registration, options: ConnectOptions = {}) {
    super(url, options);
    this.license_key = identity.license_key;
    this.device_id = identity.device_id;
    this.peer_id = identity.peer_id;
    this.#contacts = identity.contacts;
  }

  /** All that the client needs to register, for a second socket of the same device. */
  get identity(): Registration {
    const { license_key, device_id, peer_id } = this;
    return { license_key, device_id, peer_id, ...(this.#contacts && { contacts: this.#contacts }) };
  }

  /** Opens its socket and registers. */
  async join(): Promise<ServerFrame<'registered'>> {
    await this.opened();
    return this.register(this.identity);
  }
}

/** A client with one device: the ids that it creates for itself. */
export interface PeerIdentity {
  readonly device_id: DeviceId;
  readonly peer_id: PeerId;
}

/** New ids for a client, never used before; they contain `name`. */
export function newIdentity(name: string): PeerIdentity {
  const tail = randomBytes(9).toString('base64url');
  return { device_id: DeviceId.parse(`device-${name}-${tail}`), peer_id: PeerId.parse(`peer-${name}-${tail}`) };
}

/** The id of a new call. `prefix` determines its order among others (glare compares by code unit). */
export function callId(prefix = 'call'): CallId {
  return CallId.parse(`${prefix}-${randomBytes(12).toString('base64url')}`);
}
