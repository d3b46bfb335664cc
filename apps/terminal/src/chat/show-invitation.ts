import { createInvitation, writeInvitation } from '@white-rabbit/client/chat';
import { qrRows } from '../qr-code.js';
import type { ChatContext } from './chat-context.js';

/** No terminal is wide enough for the code of a longer link. Characters. */
const LONGEST_LINK = 2_000;

/** `/invite`: shows the link first, so that a script finds it in a line of its own, then the link as a QR code. */
export async function showInvitation({ screen, options }: ChatContext): Promise<true> {
  const { url, name, identity, page } = options;
  const invitation = await createInvitation({ server: url[0] ?? '', peerId: identity.peerId, name });
  const link = writeInvitation(invitation, page);
  screen.showLines([link]);
  const rows = link.length > LONGEST_LINK ? [] : qrRows(link);
  const columns = rows[0]?.length ?? 0;
  if (columns <= (screen.columns ?? Infinity)) screen.showLines(rows);
  else screen.notify(`The QR code needs a terminal of ${columns} columns.`);
  const how = page === undefined ? '/add LINK in another terminal adds you' : 'The link opens the page and adds you';
  screen.notify(`${how}. Your code is ${invitation.fingerprint}; compare it with the other user over another channel.`);
  return true;
}
