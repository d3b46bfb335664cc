import { element } from './element.js';

/** The two ways in which a user chooses files to send: a button, and dropping them on the conversation. */
export class FileChooser {
  readonly #button = element('#attach', HTMLButtonElement);
  readonly #field = element('#file-field', HTMLInputElement);
  readonly #target = element('#open-chat', HTMLElement);
  readonly #onFiles: (files: readonly File[]) => void;

  constructor(onFiles: (files: readonly File[]) => void) {
    this.#onFiles = onFiles;
    this.#button.addEventListener('click', () => this.#field.click());
    this.#field.addEventListener('change', () => {
      this.#choose(this.#field.files);
      // The same file can be chosen once more.
      this.#field.value = '';
    });
    // Without this, a browser opens a file that is dropped beside the conversation instead of the page.
    document.addEventListener('dragover', (event) => this.#onDrag(event));
    document.addEventListener('drop', (event) => this.#onDrop(event));
    document.addEventListener('dragleave', () => this.#mark(false));
  }

  /** @param canSend whether there is a connection to the other peer. */
  show(canSend: boolean): void {
    this.#button.disabled = !canSend;
  }

  #onDrag(event: DragEvent): void {
    if (!event.dataTransfer?.types.includes('Files')) return;
    event.preventDefault();
    const isTarget = this.#isTarget(event);
    event.dataTransfer.dropEffect = isTarget ? 'copy' : 'none';
    this.#mark(isTarget);
  }

  #onDrop(event: DragEvent): void {
    if (!event.dataTransfer?.types.includes('Files')) return;
    event.preventDefault();
    this.#mark(false);
    if (this.#isTarget(event)) this.#choose(event.dataTransfer.files);
  }

  #isTarget({ target }: DragEvent): boolean {
    return target instanceof Node && this.#target.contains(target) && !this.#button.disabled;
  }

  #mark(isTarget: boolean): void {
    this.#target.dataset['drop'] = String(isTarget);
  }

  #choose(files: FileList | null): void {
    this.#onFiles([...(files ?? [])]);
  }
}
