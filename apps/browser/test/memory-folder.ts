/** A folder of the Origin Private File System, with the methods that the page uses. */
export class MemoryFolder {
  readonly name: string;
  readonly #entries = new Map<string, MemoryFolder | File>();
  /** Entries that the browser can neither read nor remove. */
  readonly broken = new Set<string>();

  constructor(name: string) {
    this.name = name;
  }

  get names(): readonly string[] {
    return [...this.#entries.keys()];
  }

  /** Stores a part of a file. */
  add(part: string, content: string): void {
    this.#entries.set(part, new File([content], part));
  }

  values(): readonly MemoryFolder[] {
    return [...this.#entries.values()].filter((entry) => entry instanceof MemoryFolder);
  }

  getDirectoryHandle(name: string): Promise<MemoryFolder> {
    const entry = this.#entries.get(name) ?? new MemoryFolder(name);
    if (this.broken.has(name) || entry instanceof File) return Promise.reject(fault('InvalidStateError'));
    this.#entries.set(name, entry);
    return Promise.resolve(entry);
  }

  getFileHandle(name: string): Promise<{ getFile: () => Promise<File> }> {
    const entry = this.#entries.get(name);
    if (!(entry instanceof File)) return Promise.reject(fault('NotFoundError'));
    const read = () => (this.broken.has(name) ? Promise.reject(fault('NotReadableError')) : Promise.resolve(entry));
    return Promise.resolve({ getFile: read });
  }

  removeEntry(name: string): Promise<void> {
    if (this.broken.has(name)) return Promise.reject(fault('NoModificationAllowedError'));
    this.#entries.delete(name);
    return Promise.resolve();
  }
}

function fault(name: string): DOMException {
  return new DOMException('The file system has a fault.', name);
}
