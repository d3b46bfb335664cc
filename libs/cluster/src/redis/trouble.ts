/** An older error does not explain a present failure. Ms. */
const RECENT_MS = 10_000;

/** The code of an error of the system or of TLS: `ECONNREFUSED`, `DEPTH_ZERO_SELF_SIGNED_CERT`. */
const SYSTEM_CODE = /^[A-Z][A-Z\d_]*$/;

/** Remembers why Redis failed, as a code: never an error's text, because that contains addresses and commands. */
export class Trouble {
  #code: string | undefined;
  #atMs = -Infinity;

  constructor(private readonly now: () => number = () => performance.now()) {}

  /** The code of the last seconds; `undefined` if nothing failed, or if the reason is unknown. */
  get code(): string | undefined {
    return this.now() - this.#atMs < RECENT_MS ? this.#code : undefined;
  }

  /** An error without a code explains nothing: the previous code stays. */
  note(error: unknown): void {
    const code = troubleCode(error);
    if (code === undefined) return;
    this.#code = code;
    this.#atMs = this.now();
  }
}

/** What errors of the system, of TLS and of the library have, each some of it. */
interface Failure {
  readonly name?: unknown;
  readonly message?: unknown;
  readonly code?: unknown;
  /** A cluster's client reports the error of its last server. */
  readonly lastNodeError?: unknown;
}

/** The system's code, or the first word of Redis' refusal (`WRONGPASS`, `OOM`); `ETIMEDOUT` for silence. */
export function troubleCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const { name, message, code, lastNodeError }: Failure = error;
  if (lastNodeError !== undefined) return troubleCode(lastNodeError);
  const text = String(message);
  if (name === 'ReplyError') return /^[A-Z]+/.exec(text)?.[0];
  // The library has words for it, and no code.
  if (text === 'Command timed out' || text.startsWith('Socket timeout.')) return 'ETIMEDOUT';
  return typeof code === 'string' && SYSTEM_CODE.test(code) ? code : undefined;
}
