/** Systems of files limit a name to 255 bytes; the partial file adds its hash. Bytes in UTF-8. */
const MAX_NAME_BYTES = 120;
/** A longer ending is not the type of a file. Characters. */
const MAX_ENDING = 16;
const FALLBACK = 'file';

/** Slashes, what Windows forbids, control and format characters (these reorder or hide text), and unpaired surrogates. */
const UNSAFE = /[<>:"/\\|?*\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;
/** Names that Windows reserves for devices, with any ending. */
const RESERVED = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;

/**
 * The name of a file that another peer sent, reduced to one that is safe in every file system and to show: no path, no
 * control or bidirectional characters, no leading dot, at most 120 bytes. `file` if nothing remains.
 */
export function safeFileName(name: string): string {
  const base = /[^/\\]*$/.exec(name)?.[0] ?? '';
  const safe = trim(base.normalize().replace(UNSAFE, ''));
  return trim(shorten(RESERVED.test(safe) ? `_${safe}` : safe)) || FALLBACK;
}

/** Leading dots hide a file; Windows removes dots and blanks at the end. */
function trim(name: string): string {
  return name.replace(/^[.\s]+|[.\s]+$/gu, '');
}

/** Cuts the middle of a long name: its ending says what it is. */
function shorten(name: string): string {
  if (bytesOf(name) <= MAX_NAME_BYTES) return name;
  const dot = name.lastIndexOf('.');
  const ending = dot > 0 && name.length - dot <= MAX_ENDING ? name.slice(dot) : '';
  const characters = Array.from(name.slice(0, name.length - ending.length));
  let bytes = bytesOf(ending);
  const kept = characters.filter((character) => (bytes += bytesOf(character)) <= MAX_NAME_BYTES);
  return kept.join('') + ending;
}

function bytesOf(text: string): number {
  return new TextEncoder().encode(text).length;
}
