import { describe, expect, it } from '@jest/globals';
import { createInvitation, writeInvitation } from '@white-rabbit/client/chat';
import decodeQR from 'qr/decode.js';
import { qrRows } from './qr-code.js';

/** Pixels of a module in a picture. */
const SCALE = 4;

/** A picture of rows of half blocks, as a camera sees a dark terminal with light text. */
function pictureOf(rows: readonly string[]) {
  const [height, width] = [rows.length * 2, rows[0]?.length ?? 0];
  const data = new Uint8ClampedArray(height * width * SCALE * SCALE * 4).fill(255);
  for (let y = 0; y < height * SCALE; y += 1) {
    for (let x = 0; x < width * SCALE; x += 1) {
      const row = Math.floor(y / SCALE);
      const block = rows[Math.floor(row / 2)]?.charAt(Math.floor(x / SCALE)) ?? '';
      const isLight = (row % 2 === 0 ? '█▀' : '█▄').includes(block);
      data.fill(isLight ? 255 : 0, (y * width * SCALE + x) * 4, (y * width * SCALE + x) * 4 + 3);
    }
  }
  return { width: width * SCALE, height: height * SCALE, data };
}

describe('qrRows', () => {
  it('draws a code that a reader decodes', async () => {
    const server = 'wss://white-rabbit.example/ws';
    const invitation = await createInvitation({ server, peerId: `k-${'x'.repeat(43)}`, name: '앨리스' });
    const link = writeInvitation(invitation);
    const rows = qrRows(link);
    expect(decodeQR(pictureOf(rows))).toBe(link);
  });

  it('draws an invitation to a key in a terminal of 80 columns', async () => {
    const server = 'wss://white-rabbit.example/ws';
    const invitation = await createInvitation({ server, peerId: `k-${'x'.repeat(43)}`, name: 'the-white-rabbit' });
    const rows = qrRows(writeInvitation(invitation, 'https://white-rabbit.example/chat/'));
    expect(new Set(rows.map(({ length }) => length)).size).toBe(1);
    expect(rows[0]?.length).toBeLessThan(80);
  });
});
