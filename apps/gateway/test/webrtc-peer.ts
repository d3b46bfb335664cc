import { within, type TestPeer } from '@white-rabbit/testing';
import { RTCPeerConnection, type RTCDataChannel } from 'werift';
import { z } from 'zod';

/** The content of the `signal` events between two of these peers. */
const Signal = z.union([
  z.object({ type: z.enum(['offer', 'answer']), sdp: z.string() }),
  z.object({
    candidate: z.string(),
    sdpMid: z.string().default('0'),
    sdpMLineIndex: z.number().default(0),
  }),
]);

/** Time limit for ICE and DTLS on this machine. Milliseconds. */
const CONNECT_MS = 20_000;

/** A real WebRTC peer that signals as one side of an active call. */
export class WebRtcPeer {
  readonly #peer: TestPeer;
  readonly #callId: string;
  readonly #connection = new RTCPeerConnection({ iceServers: [] });
  readonly #texts: string[] = [];
  readonly #channel = Promise.withResolvers<RTCDataChannel>();
  #onText: () => void = () => undefined;
  #failure: Error | undefined;

  constructor(peer: TestPeer, callId: string) {
    this.#peer = peer;
    this.#callId = callId;
    this.#connection.onIceCandidate.subscribe((candidate) => {
      if (candidate) this.#send(candidate.toJSON());
    });
    this.#connection.onDataChannel.subscribe((channel) => {
      this.#use(channel);
    });
  }

  /** The caller's part: opens a channel and sends the offer. */
  async offer(): Promise<void> {
    this.#use(this.#connection.createDataChannel('chat'));
    await this.#describe(await this.#connection.createOffer());
  }

  /** Handles the other peer's signals until the channel is open, then sends `established`. */
  async connected(): Promise<void> {
    const signals = this.#takeSignals();
    await within('the data channel is open', CONNECT_MS, this.#channel.promise);
    await this.#peer.ask('established', { call_id: this.#callId });
    // Ends with the test; candidates that arrive late are not needed.
    void signals;
    if (this.#failure) throw this.#failure;
  }

  /** Sends a text directly to the other peer, without a server. */
  async say(text: string): Promise<void> {
    (await this.#channel.promise).send(text);
  }

  /** Resolves with the next text from the other peer. */
  async hear(): Promise<string> {
    const [text] = this.#texts;
    if (text !== undefined) {
      this.#texts.shift();
      return text;
    }
    await within(
      'a text of the other peer',
      5_000,
      new Promise<void>((resolve) => {
        this.#onText = resolve;
      }),
    );
    return this.hear();
  }

  async close(): Promise<void> {
    await this.#connection.close();
  }

  #use(channel: RTCDataChannel): void {
    channel.onMessage.subscribe((message) => {
      this.#texts.push(message.toString());
      this.#onText();
    });
    if (channel.readyState === 'open') this.#channel.resolve(channel);
    channel.stateChanged.subscribe((state) => {
      if (state === 'open') this.#channel.resolve(channel);
    });
  }

  async #takeSignals(): Promise<void> {
    try {
      for (;;) {
        const frame = await this.#peer.next('signal', CONNECT_MS);
        await this.#onSignal(Signal.parse(frame.data.signal));
      }
    } catch (failure) {
      this.#failure = failure instanceof Error ? failure : new Error(String(failure));
    }
  }

  async #onSignal(signal: z.infer<typeof Signal>): Promise<void> {
    if ('candidate' in signal) {
      await this.#connection.addIceCandidate(signal);
      return;
    }
    await this.#connection.setRemoteDescription(signal);
    if (signal.type === 'offer') await this.#describe(await this.#connection.createAnswer());
  }

  async #describe(description: Awaited<ReturnType<RTCPeerConnection['createOffer']>>): Promise<void> {
    await this.#connection.setLocalDescription(description);
    this.#send({ type: description.type, sdp: description.sdp });
  }

  #send(signal: object): void {
    this.#peer.send('signal', { call_id: this.#callId, signal });
  }
}
