/** The code of an error of the operating system, such as `ENOENT`. */
export function codeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : 'no code';
}

/** An error with a sentence that names the file. Errors of the operating system do not always name it. */
export function fileFault(file: string, done: 'read' | 'written', cause: unknown): Error {
  return new Error(`${file} cannot be ${done} (${codeOf(cause)}).`, { cause });
}
