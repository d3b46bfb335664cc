import { connect, type ServerFrame, type TestClient, type TestCluster } from '@white-rabbit/testing';
import type { DocStep } from './doc-script.js';

/** Fields whose values an example cannot predict: only their types are compared. */
const VOLATILE = new Set(['session_id', 'region', 'message', 'retry_after_ms']);

/** Executes the examples of a document on a cluster: the first client at gateway 0, all others at gateway 1. */
export class DocRunner {
  readonly #cluster: TestCluster;
  readonly #clients = new Map<string, TestClient>();
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
        const text = step.verbatim ? step.text : await this.#withLicense(step.text);
        (await this.#client(step.client)).sendRaw(text);
        // A register without ref: the next step of the document expects a registered client.
        if (isSilentRegister(step.text)) await (await this.#client(step.client)).next('registered');
        return;
      }
      case 'receive': {
        const expected = frameOf(step.text);
        const client = await this.#client(step.client);
        const got = await client.nextWhere(
          step.text,
          ({ event, ref }) => event === expected.event && ref === expected.ref,
        );
        expectAlike(got, expected);
      }
    }
  }

  async #client(name: string): Promise<TestClient> {
    const known = this.#clients.get(name);
    if (known) return known;
    const at = this.#clients.size === 0 ? 0 : 1;
    const client = await connect(this.#cluster.gateway(at).url);
    this.#clients.set(name, client);
    return client;
  }

  /** The text with an issued license instead of the one in the document. */
  async #withLicense(text: string): Promise<string> {
    const [written] = /WR1(-[0-9A-Z]{5}){6}/.exec(text) ?? [];
    if (written === undefined) return text;
    const issued = this.#keys.get(written) ?? (await this.#cluster.licenses.issue({ count: 1 }))[0]?.license_key ?? '';
    this.#keys.set(written, issued);
    return text.replace(written, issued);
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
