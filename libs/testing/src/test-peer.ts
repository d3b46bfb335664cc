import { TestClient, type ConnectOptions, type Registration } from './test-client.js';
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
