/** What went wrong longer ago explains nothing that is wrong now. Ms. */
const RECENT_MS = 10_000;

/** What an error of the system or of TLS calls itself: `ECONNREFUSED`, `DEPTH_ZERO_SELF_SIGNED_CERT`. */
const SYSTEM_CODE = /^[A-Z][A-Z\d_]*$/;

/** Remembers why Redis did not do its part, as a code: no error's text, for that holds addresses and what was asked. */
export class Trouble {
  #code: string | undefined;
  #atMs = -Infinity;

  constructor(private readonly now: () => number = () => performance.now()) {}

  /** Of the last seconds; `undefined` where nothing went wrong, or where nobody knows what. */
  get code(): string | undefined {
    return this.now() - this.#atMs < RECENT_MS ? this.#code : undefined;
  }

  /** An error without a code explains nothing: what was known before stays. */
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
  /** A cluster's client tells what its last server said. */
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
