import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROOF_SUBPROTOCOL, SUBPROTOCOL } from '@white-rabbit/protocol';
import {
  connect,
  REPOSITORY_ROOT,
  TestKey,
  type Registration,
  type ServerFrame,
  type TestClient,
  type TestCluster,
} from '@white-rabbit/testing';
import type { DocStep } from './doc-script.js';

/** Fields whose values an example cannot predict: only their types are compared. */
const VOLATILE = new Set(['session_id', 'region', 'message', 'retry_after_ms', 'nonce']);

/** The keys of the examples. */
const { peers: KEYS } = JSON.parse(readFileSync(join(REPOSITORY_ROOT, 'docs/protocol.vectors.json'), 'utf8')) as {
  readonly peers: Readonly<Record<string, { readonly private_key: string; readonly peer_id: string }>>;
};

/** Executes the examples of a document on a cluster: the first client at gateway 0, all others at gateway 1. */
export class DocRunner {
  readonly #cluster: TestCluster;
  readonly #clients = new Map<string, TestClient>();
  /** The nonce of each client that got a challenge. */
  readonly #nonces = new Map<TestClient, string>();
  /** Issued license keys, by the key and the peer in the document. */
  readonly #keys = new Map<string, string>();

  constructor(cluster: TestCluster) {
    this.#cluster = cluster;
  }

  /** @throws Error with the line of the document, if the server behaves differently. */
  async run(step: DocStep): Promise<void> {
    try {
      await this.#do(step);
    } catch (failure) {
      throw new Error(`docs/protocol.md, line ${step.line}: ${String(failure)}`, { cause: failure });
    }
  }

  /** Closes all clients. @throws Error if a client received a frame that the document does not show. */
  async clear(): Promise<void> {
    const clients = [...this.#clients.values()];
    // After a round trip of each client, all frames of the server have arrived.
    for (const client of clients) if (client.socket.readyState === client.socket.OPEN) await client.roundTrip();
    const unread = clients.flatMap((client) => client.unread);
    await Promise.all(clients.map((client) => client.close()));
    this.#clients.clear();
    if (unread.length > 0) throw new Error(`the document does not show ${unread.map(({ text }) => text).join(' ')}`);
  }

  async #do(step: DocStep): Promise<void> {
    switch (step.does) {
      case 'scene':
        await this.clear();
        return;
      case 'closed': {
        const { code } = await (await this.#client(step.client)).closed();
        if (code !== step.code) throw new Error(`closed with ${code}`);
        return;
      }
      case 'send': {
        const client = await this.#client(step.client);
        client.sendRaw(step.verbatim ? step.text : this.#withProof(client, await this.#withLicense(step.text)));
        // A register without ref: the next step of the document expects a registered client.
        if (isSilentRegister(step.text)) await client.next('registered');
        return;
      }
      case 'receive': {
        const expected = frameOf(step.text);
        const client = await this.#client(step.client, expected.event === 'challenge');
        const got = await client.nextWhere(
          step.text,
          ({ event, ref }) => event === expected.event && ref === expected.ref,
        );
        if (got.event === 'challenge') this.#nonces.set(client, got.data.nonce);
        expectAlike(got, expected);
      }
    }
  }

  async #client(name: string, proves = false): Promise<TestClient> {
    const known = this.#clients.get(name);
    if (known) return known;
    const at = this.#clients.size === 0 ? 0 : 1;
    const protocols = proves ? [PROOF_SUBPROTOCOL, SUBPROTOCOL] : [SUBPROTOCOL];
    const client = await connect(this.#cluster.gateway(at).url, { protocols });
    this.#clients.set(name, client);
    return client;
  }

  /** The text with an issued license instead of the one in the document. */
  async #withLicense(text: string): Promise<string> {
    const [written] = /WR1(-[0-9A-Z]{5}){6}/.exec(text) ?? [];
    if (written === undefined) return text;
    const use = `${written} ${/"peer_id": "([^"]+)"/.exec(text)?.[1] ?? ''}`;
    const issued = this.#keys.get(use) ?? (await this.#cluster.licenses.issue({ count: 1 }))[0]?.license_key ?? '';
    this.#keys.set(use, issued);
    return text.replace(written, issued);
  }

  /** The text with a proof for this connection instead of the one in the document. */
  #withProof(client: TestClient, text: string): string {
    const nonce = this.#nonces.get(client);
    if (nonce === undefined) return text;
    // Cast: a register of the document, or a text without a proof.
    const frame = JSON.parse(text) as { readonly data: Registration };
    if (frame.data.proof === undefined) return text;
    const seed = Object.values(KEYS).find(({ peer_id }) => peer_id === frame.data.peer_id)?.private_key ?? '';
    const proof = new TestKey(Buffer.from(seed, 'base64url')).prove(client.socket.url, nonce, frame.data);
    return JSON.stringify({ ...frame, data: { ...frame.data, proof } });
  }
}

interface Frame {
  readonly event: string;
  readonly ref?: string;
  readonly data?: object;
}

function frameOf(text: string): Frame {
  // Cast: the text of the document, or a checked text of the server. A wrong text fails the comparison.
  return JSON.parse(text) as Frame;
}

function isSilentRegister(text: string): boolean {
  if (!text.startsWith('{')) return false;
  const { event, ref } = frameOf(text);
  return event === 'register' && ref === undefined;
}

function expectAlike(got: ServerFrame, expected: Frame): void {
  const shown = steady({ event: expected.event, ref: expected.ref, data: expected.data });
  const real = steady({ event: got.event, ref: got.ref, data: frameOf(got.text).data });
  if (shown !== real) throw new Error(`shown is ${shown}, the server sent ${real}`);
}

/** JSON with sorted names, and types instead of unpredictable values. */
function steady(value: unknown): string {
  return JSON.stringify(value, (name, item: unknown) => {
    if (VOLATILE.has(name)) return typeof item;
    if (typeof item !== 'object' || item === null || Array.isArray(item)) return item;
    return Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
