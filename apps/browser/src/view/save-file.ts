/** The browser has read the address of a file by then. Milliseconds. */
const READ_WITHIN_MS = 60_000;

/** Saves a file as a download. Call it only when the user has pressed a button for it. */
export function saveFile(content: Blob, name: string): void {
  const link = document.createElement('a');
  const url = URL.createObjectURL(content);
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), READ_WITHIN_MS);
}
