import type * as sdk from '@white-rabbit/client';
import type { Client, PeerCall } from '@white-rabbit/client';
import type { Browser, Page } from 'playwright-core';

type Sdk = typeof sdk;

/** How a page connects. */
interface Connecting {
  readonly url: string;
  readonly licenseKey: string;
}

/** What the functions below keep in the page. */
interface Kept {
  readonly client: Client;
  readonly texts: string[];
  rings: number;
  peer?: PeerCall;
  connection?: RTCPeerConnection;
}

/** Where they keep it. */
type PageWindow = typeof globalThis & { kept: Kept };

/** A page in Chromium that uses the SDK without the application. It accepts every call. */
export class SdkPage {
  readonly peerId: string;
  readonly #page: Page;

  private constructor(page: Page, peerId: string) {
    this.#page = page;
    this.peerId = peerId;
  }

  /** @param pageUrl of an `SdkServer`. */
  static async open(browser: Browser, pageUrl: string, connecting: Connecting): Promise<SdkPage> {
    const page = await (await browser.newContext()).newPage();
    await page.goto(pageUrl);
    return new SdkPage(page, await page.evaluate(goOnline, connecting));
  }

  /** Calls a peer. Resolves when the channel is open. */
  async call(peerId: string): Promise<void> {
    await this.#page.evaluate(callPeer, peerId);
  }

  /** Adds a track with a moving picture to the connection. */
  async addVideo(): Promise<void> {
    await this.#page.evaluate(addVideo);
  }

  /** Frames of the other peer's tracks that this page has decoded. */
  async framesDecoded(): Promise<number> {
    return this.#page.evaluate(framesDecoded);
  }

  async send(text: string): Promise<void> {
    await this.#page.evaluate(async (line) => {
      await (globalThis as PageWindow).kept.peer?.send(line);
    }, text);
  }

  /** The texts that have arrived, the calls that rang, and the state of the connection. */
  async seen(): Promise<{ readonly texts: readonly string[]; readonly rings: number; readonly state?: string }> {
    return this.#page.evaluate(() => {
      const { texts, rings, peer } = (globalThis as PageWindow).kept;
      return { texts, rings, ...(peer && { state: peer.state }) };
    });
  }

  async close(): Promise<void> {
    await this.#page.context().close();
  }
}

/** Runs in the page. */
async function goOnline({ url, licenseKey }: Connecting): Promise<string> {
  const path = '/sdk/index.js';
  const { connect, createIdentity, PeerCall } = (await import(path)) as Sdk;
  const identity = await createIdentity();
  const client = connect({ url, licenseKey, ...identity });
  const kept: Kept = { client, texts: [], rings: 0 };
  const open = (call: ConstructorParameters<typeof PeerCall>[0]): PeerCall => {
    const peer = new PeerCall(call, {
      createConnection: (configuration) => (kept.connection = new RTCPeerConnection(configuration)),
    });
    peer.on('text', (text) => kept.texts.push(text));
    return (kept.peer = peer);
  };
  client.on('ring', async (call) => {
    kept.rings += 1;
    if ((await call.accept()).ok) open(call);
  });
  Object.assign(globalThis, { kept, open });
  await client.online();
  return identity.peerId;
}

/** Runs in the page. */
async function callPeer(peerId: string): Promise<void> {
  const { kept, open } = globalThis as PageWindow & { open: (call: ReturnType<Client['call']>) => PeerCall };
  const call = kept.client.call(peerId);
  const answer = await call.answered;
  if (answer !== 'accepted') throw new Error(answer);
  const opened = await open(call).opened;
  if (!opened.ok) throw new Error(opened.reason);
}

/** Runs in the page. */
function addVideo(): void {
  const canvas = document.createElement('canvas');
  const context = canvas.getContext('2d');
  let hue = 0;
  setInterval(() => {
    if (context) context.fillStyle = `hsl(${(hue += 20)} 100% 50%)`;
    context?.fillRect(0, 0, canvas.width, canvas.height);
  }, 100);
  const stream = canvas.captureStream(10);
  for (const track of stream.getTracks()) (globalThis as PageWindow).kept.connection?.addTrack(track, stream);
}

/** Runs in the page. */
async function framesDecoded(): Promise<number> {
  const report = await (globalThis as PageWindow).kept.connection?.getStats();
  let frames = 0;
  report?.forEach((entry: { readonly type: string; readonly framesDecoded?: number }) => {
    if (entry.type === 'inbound-rtp') frames += entry.framesDecoded ?? 0;
  });
  return frames;
}
