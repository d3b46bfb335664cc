import type { Closed } from '@white-rabbit/client';
import { ChatSentences } from '@white-rabbit/client/chat';

/** The sentences of the chat core, with the options of this program. */
export const SENTENCES = new ChatSentences({
  ends: {
    no_route:
      'No network path was found between you and {name}. Firewalls on both sides are the usual reason; a TURN server (--ice-server) helps.',
  },
  refusals: {
    license_device_limit:
      'This license is in use on another device and allows no more devices. Use that device, ask the operator to release it, or start with --transfer if the server allows it.',
    license_identity_mismatch:
      'This device used this license with another profile before. Use that profile, or ask the operator to release the device.',
    peer_id_taken: 'The peer id of this profile belongs to another device. Use another profile.',
  },
});

/** Why the connection to the server was lost, and that the client reconnects. */
export function sentenceOfOutage(why: Pick<Closed, 'code'>): string {
  return `${SENTENCES.outage(why)} Reconnecting automatically.`;
}
