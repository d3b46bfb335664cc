import encodeQR from 'qr';

const SVG = 'http://www.w3.org/2000/svg';
/** The free space around the code that readers need. Modules. */
const QUIET_ZONE = 4;

/** Draws a text as a QR code, out of nodes: the policy of the page forbids markup in strings. */
export function drawQrCode(svg: SVGSVGElement, text: string): void {
  const rows = encodeQR(text, 'raw', { ecc: 'low', border: QUIET_ZONE });
  const modules = document.createElementNS(SVG, 'path');
  modules.setAttribute('d', rows.flatMap(pathOfRow).join(''));
  svg.setAttribute('viewBox', `0 0 ${rows.length} ${rows.length}`);
  svg.replaceChildren(modules);
}

/** A square for each dark module of a row. */
function pathOfRow(row: readonly boolean[], y: number): string[] {
  return row.flatMap((isDark, x) => (isDark ? [`M${x} ${y}h1v1h-1z`] : []));
}
