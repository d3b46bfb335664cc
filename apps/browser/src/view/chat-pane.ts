import type { Call } from '@white-rabbit/client';
import type { Thread } from '@white-rabbit/client/chat';
import type { Messenger } from '../messenger.js';
import { wordOfPhase, wordOfSeal } from '../sentences.js';
import { ChatLog } from './chat-log.js';
import { isComposing } from './composing.js';
import { element, showText } from './element.js';
import { wordOfPeer } from './peer-state.js';

/** The longest name of a profile. Characters. */
const LONGEST_NAME = 32;

/** The actions of a user in a chat. */
export interface ChatHandlers {
  readonly onCall: () => void;
  readonly onAnswer: () => void;
  readonly onHangup: () => void;
  /** Returns whether the text was sent; only then the field is cleared. */
  readonly onText: (text: string) => boolean;
  readonly onKeepContact: () => void;
  readonly onForgetContact: () => void;
  readonly onBlock: () => void;
  readonly onUnblock: () => void;
  readonly onBack: () => void;
}

/** The pane with the chosen conversation. */
export class ChatPane {
  readonly #placeholder = element('#no-chat', HTMLElement);
  readonly #open = element('#open-chat', HTMLElement);
  readonly #name = element('#chat-name', HTMLElement);
  readonly #phase = element('#chat-phase', HTMLElement);
  readonly #seal = element('#chat-seal', HTMLElement);
  readonly #composer = element('#composer', HTMLFormElement);
  readonly #text = element('#text', HTMLTextAreaElement);
  readonly #log = new ChatLog();
  #thread: Thread | undefined;
  readonly #buttons = {
    call: element('#call', HTMLButtonElement),
    answer: element('#answer', HTMLButtonElement),
    hangup: element('#hangup', HTMLButtonElement),
    keep: element('#keep-contact', HTMLButtonElement),
    forget: element('#forget-contact', HTMLButtonElement),
    block: element('#block', HTMLButtonElement),
    unblock: element('#unblock', HTMLButtonElement),
  };

  constructor(handlers: ChatHandlers) {
    const { call, answer, hangup, keep, forget, block, unblock } = this.#buttons;
    call.addEventListener('click', handlers.onCall);
    answer.addEventListener('click', handlers.onAnswer);
    hangup.addEventListener('click', handlers.onHangup);
    keep.addEventListener('click', handlers.onKeepContact);
    forget.addEventListener('click', handlers.onForgetContact);
    block.addEventListener('click', handlers.onBlock);
    unblock.addEventListener('click', handlers.onUnblock);
    element('#back', HTMLButtonElement).addEventListener('click', handlers.onBack);
    this.#composer.addEventListener('submit', (event) => {
      event.preventDefault();
      if (this.#text.value.trim() !== '' && handlers.onText(this.#text.value)) this.#text.value = '';
      this.#keepDraft();
    });
    this.#text.addEventListener('input', () => this.#keepDraft());
    this.#text.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter' || event.shiftKey || isComposing(event)) return;
      event.preventDefault();
      this.#composer.requestSubmit();
    });
  }

  /** Moves the focus to the text field. */
  focus(): void {
    this.#text.focus();
  }

  show(messenger: Messenger, peerId: string | undefined): void {
    this.#placeholder.hidden = peerId !== undefined;
    this.#open.hidden = peerId === undefined;
    if (peerId === undefined) return;
    const focused = document.activeElement;
    const thread = messenger.thread(peerId);
    this.#showDraft(thread);
    const name = messenger.book.nameOf(peerId);
    const phase = thread.conversation?.phase;
    const isBlocked = messenger.book.isBlocked(peerId);
    showText(this.#name, name);
    showText(this.#phase, phase ? wordOfPhase(phase) : wordOfPeer(messenger, peerId));
    this.#phase.dataset['phase'] = phase ?? 'none';
    const talks = phase === 'talking' || phase === 'interrupted';
    this.#showSeal(talks ? thread.conversation?.call : undefined);
    this.#buttons.call.hidden = phase !== undefined || isBlocked;
    this.#buttons.answer.hidden = phase !== 'ringing here';
    this.#buttons.hangup.hidden = phase === undefined;
    this.#buttons.hangup.textContent = phase === 'ringing here' ? 'Decline' : 'Hang up';
    this.#buttons.keep.hidden = messenger.book.has(peerId);
    this.#buttons.forget.hidden = !messenger.book.has(peerId) || phase !== undefined;
    this.#buttons.block.hidden = isBlocked || (phase !== undefined && phase !== 'ringing here');
    this.#buttons.unblock.hidden = !isBlocked;
    this.#composer.dataset['ready'] = String(talks);
    this.#text.placeholder = talks ? 'Write a text' : hintOf(name, phase !== undefined, isBlocked);
    this.#log.show(thread, name);
    if (focused instanceof HTMLButtonElement && focused.hidden) this.#moveFocus(focused);
  }

  #showSeal(call: Call | undefined): void {
    showText(this.#seal, call && wordOfSeal(call));
    this.#seal.title = call?.fingerprint ?? '';
    this.#seal.dataset['sealed'] = String(call?.isSealed ?? false);
  }

  #keepDraft(): void {
    if (this.#thread) this.#thread.draft = this.#text.value;
  }

  /** Shows the draft of this thread, so that it cannot be sent to another peer. */
  #showDraft(thread: Thread): void {
    if (thread === this.#thread) return;
    this.#thread = thread;
    this.#text.value = thread.draft;
  }

  /** Moves the focus from a button that is now hidden, so that the page stays usable with the keyboard. */
  #moveFocus(gone: HTMLButtonElement): void {
    const { hangup, call } = this.#buttons;
    (gone === hangup && !call.hidden ? call : this.#text).focus();
  }
}

/** What the field for texts says while there is no connection. */
function hintOf(name: string, isCalling: boolean, isBlocked: boolean): string {
  // The field grows with a long hint, and a peer id is long.
  if (name.length > LONGEST_NAME) return hintOf('this peer', isCalling, isBlocked);
  if (isBlocked) return `You have blocked ${name}`;
  return isCalling ? 'You can write once you are connected' : `Call ${name} to write`;
}
