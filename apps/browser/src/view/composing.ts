/** The part of a keyboard event that says whether an input method has taken the key. */
export interface PressedKey {
  readonly isComposing: boolean;
  /** Deprecated for all other purposes. */
  readonly keyCode: number;
}

/** The code of a key that an input method has taken. */
const TAKEN = 229;

/**
 * Whether the key belongs to an input method: the user composes a word, for example in Japanese. In Safari the Enter that
 * ends a composition comes after it, and only its code says that it was taken.
 */
export function isComposing({ isComposing, keyCode }: PressedKey): boolean {
  return isComposing || keyCode === TAKEN;
}
