/** A tone: frequency in hertz, start and length in seconds. */
interface Tone {
  readonly hertz: number;
  readonly at: number;
  readonly length: number;
}

const RING: readonly Tone[] = [
  { hertz: 659, at: 0, length: 0.22 },
  { hertz: 784, at: 0.24, length: 0.22 },
  { hertz: 659, at: 0.6, length: 0.22 },
  { hertz: 784, at: 0.84, length: 0.22 },
];
const TEXT: readonly Tone[] = [
  { hertz: 784, at: 0, length: 0.09 },
  { hertz: 1047, at: 0.1, length: 0.14 },
];

/** From the beginning of one ring tone to the beginning of the next. Milliseconds. */
const RING_EVERY_MS = 2_500;
const VOLUME = 0.12;
/** A tone that begins or ends at once makes a click. Seconds. */
const FADE = 0.02;

/** The sounds of the page, generated with WebAudio. */
export class Sound {
  #context: AudioContext | undefined;
  /** A sound waits for the browser, which allows none before the first action of the user. */
  #isWaiting = false;
  #ringing: ReturnType<typeof setInterval> | undefined;

  /** A short sound for a new text. */
  text(): void {
    void this.#play(TEXT, () => true);
  }

  /** Starts the ring tone, which repeats until it is stopped. */
  startRing(): void {
    if (this.#ringing !== undefined) return;
    const ring = () => void this.#play(RING, () => this.#ringing !== undefined);
    this.#ringing = setInterval(ring, RING_EVERY_MS);
    ring();
  }

  stopRing(): void {
    clearInterval(this.#ringing);
    this.#ringing = undefined;
  }

  /** @param isWanted whether the sound still says something, when the browser allows it. */
  async #play(tones: readonly Tone[], isWanted: () => boolean): Promise<void> {
    const context = await this.#running();
    if (context && isWanted()) for (const tone of tones) play(context, tone);
  }

  /** `undefined` if there is no audio device, or if another sound waits already. */
  async #running(): Promise<AudioContext | undefined> {
    if (this.#isWaiting) return undefined;
    this.#isWaiting = true;
    try {
      this.#context ??= new AudioContext();
      if (this.#context.state !== 'running') await this.#context.resume();
      return this.#context;
    } catch {
      // The ring is shown, too.
      return undefined;
    } finally {
      this.#isWaiting = false;
    }
  }
}

function play(context: AudioContext, { hertz, at, length }: Tone): void {
  const start = context.currentTime + at;
  const end = start + length;
  const gain = context.createGain();
  gain.gain.setValueAtTime(0, start);
  gain.gain.linearRampToValueAtTime(VOLUME, start + FADE);
  gain.gain.setValueAtTime(VOLUME, end - FADE);
  gain.gain.linearRampToValueAtTime(0, end);
  const oscillator = context.createOscillator();
  oscillator.frequency.value = hertz;
  oscillator.connect(gain).connect(context.destination);
  oscillator.start(start);
  oscillator.stop(end);
}
