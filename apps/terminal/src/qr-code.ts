import encodeQR from 'qr';

/** Light modules around the code. Four are recommended; readers of today need two. */
const BORDER_MODULES = 2;

/** Half blocks by whether the upper and the lower module are dark. Light modules are drawn: most terminals are dark. */
const BLOCKS = { '00': '█', '01': '▀', '10': '▄', '11': ' ' } as const;

/** A QR code in rows of half blocks: a character is one module wide and two high. It needs light text on a dark background. */
export function qrRows(text: string): readonly string[] {
  const modules = encodeQR(text, 'raw', { ecc: 'low', border: BORDER_MODULES });
  const upper = modules.filter((_, index) => index % 2 === 0);
  return upper.map((row, index) => {
    const lower = modules[2 * index + 1];
    // Below the last row is the background.
    return row.map((isDark, column) => BLOCKS[`${bit(isDark)}${bit(lower?.[column] ?? true)}`]).join('');
  });
}

function bit(isDark: boolean): '0' | '1' {
  return isDark ? '1' : '0';
}
