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
  #ringing: ReturnType<typeof setInterval> | undefined;

  /** A short sound for a new text. */
  text(): void {
    void this.#play(TEXT);
  }

  /** Starts the ring tone, which repeats until it is stopped. */
  startRing(): void {
    if (this.#ringing !== undefined) return;
    void this.#play(RING);
    this.#ringing = setInterval(() => void this.#play(RING), RING_EVERY_MS);
  }

  stopRing(): void {
    clearInterval(this.#ringing);
    this.#ringing = undefined;
  }

  /** A browser that has seen no action of the user yet stays silent: it suspends the context. */
  async #play(tones: readonly Tone[]): Promise<void> {
    try {
      this.#context ??= new AudioContext();
      if (this.#context.state === 'suspended') await this.#context.resume();
    } catch {
      // There is no audio device. The ring is shown, too.
      return;
    }
    for (const tone of tones) play(this.#context, tone);
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
