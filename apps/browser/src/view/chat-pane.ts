import type { Messenger } from '../messenger.js';
import type { Thread } from '../thread.js';
import { sentenceOfPresence, sentenceOfStage } from '../sentences.js';
import { ChatLog } from './chat-log.js';
import { element, showText } from './element.js';

/** What a person does in a chat. */
export interface ChatHandlers {
  readonly onCall: () => void;
  readonly onAnswer: () => void;
  readonly onHangup: () => void;
  /** Whether it was sent: only then the field is emptied. */
  readonly onText: (text: string) => boolean;
  readonly onKeepContact: () => void;
  readonly onForgetContact: () => void;
  readonly onBack: () => void;
}

/** The conversation that is looked at. */
export class ChatPane {
  readonly #nobody = element('#no-chat', HTMLElement);
  readonly #open = element('#open-chat', HTMLElement);
  readonly #name = element('#chat-name', HTMLElement);
  readonly #stage = element('#chat-stage', HTMLElement);
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
  };

  constructor(handlers: ChatHandlers) {
    const { call, answer, hangup, keep, forget } = this.#buttons;
    call.addEventListener('click', handlers.onCall);
    answer.addEventListener('click', handlers.onAnswer);
    hangup.addEventListener('click', handlers.onHangup);
    keep.addEventListener('click', handlers.onKeepContact);
    forget.addEventListener('click', handlers.onForgetContact);
    element('#back', HTMLButtonElement).addEventListener('click', handlers.onBack);
    this.#composer.addEventListener('submit', (event) => {
      event.preventDefault();
      if (this.#text.value.trim() !== '' && handlers.onText(this.#text.value)) this.#text.value = '';
      this.#keepDraft();
    });
    this.#text.addEventListener('input', () => this.#keepDraft());
    this.#text.addEventListener('keydown', (event) => {
      // While a word is composed (Japanese, for one), Enter belongs to it.
      if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.#composer.requestSubmit();
    });
  }

  /** Puts the cursor where one writes. */
  focus(): void {
    this.#text.focus();
  }

  show(messenger: Messenger, peerId: string | undefined): void {
    this.#nobody.hidden = peerId !== undefined;
    this.#open.hidden = peerId === undefined;
    if (peerId === undefined) return;
    const focused = document.activeElement;
    const thread = messenger.thread(peerId);
    this.#showDraft(thread);
    const name = messenger.book.nameOf(peerId);
    const stage = thread.conversation?.stage;
    const current = messenger.server.name === 'online';
    showText(this.#name, name);
    showText(this.#stage, stage ? sentenceOfStage(stage) : sentenceOfPresence(messenger.presenceOf(peerId), current));
    this.#stage.dataset['stage'] = stage ?? 'none';
    this.#buttons.call.hidden = stage !== undefined;
    this.#buttons.answer.hidden = stage !== 'ringing here';
    this.#buttons.hangup.hidden = stage === undefined;
    this.#buttons.hangup.textContent = stage === 'ringing here' ? 'Decline' : 'Hang up';
    this.#buttons.keep.hidden = messenger.book.has(peerId);
    this.#buttons.forget.hidden = !messenger.book.has(peerId) || stage !== undefined;
    const talks = stage === 'talking' || stage === 'interrupted';
    this.#composer.dataset['ready'] = String(talks);
    const hint = stage ? 'Once you are connected you can write' : `Call ${name} to write`;
    this.#text.placeholder = talks ? `Write to ${name}` : hint;
    this.#log.show(thread, name);
    if (focused instanceof HTMLButtonElement && focused.hidden) this.#handOn(focused);
  }

  #keepDraft(): void {
    if (this.#thread) this.#thread.draft = this.#text.value;
  }

  /** A draft belongs to its conversation: nobody else can be sent it. */
  #showDraft(thread: Thread): void {
    if (thread === this.#thread) return;
    this.#thread = thread;
    this.#text.value = thread.draft;
  }

  /** A button that goes away would take the focus along, and whoever has a keyboard alone would be nowhere. */
  #handOn(gone: HTMLButtonElement): void {
    const { hangup, call } = this.#buttons;
    (gone === hangup && !call.hidden ? call : this.#text).focus();
  }
}
