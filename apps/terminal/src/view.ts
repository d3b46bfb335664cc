import type { Stage } from './stage.js';

/** How it is between this program and the server. */
export type ServerView =
  | { readonly name: 'connecting' | 'online' | 'leaving' }
  /** For good; `why` is a sentence. */
  | { readonly name: 'refused'; readonly why: string }
  /** There is no connection; it is tried again at `retryAtMs` of `performance.now()`. */
  | { readonly name: 'waiting'; readonly retryAtMs: number };

/** A contact. `unknown`: while there is no connection nobody can tell. */
export interface ContactView {
  readonly name: string;
  readonly presence: 'online' | 'offline' | 'unknown';
}

/** The one call there is. */
export interface CallView {
  readonly name: string;
  readonly stage: Stage;
}

/** How things are, for people: all that a screen shows besides what was said. */
export interface View {
  readonly me: string;
  readonly server: ServerView;
  readonly contacts: readonly ContactView[];
  readonly call: CallView | undefined;
}
