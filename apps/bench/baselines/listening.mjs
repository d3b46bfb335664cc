/** Frames as large as the gateway allows, no compression: the same for every server. */
export const WS_OPTIONS = { maxPayload: 65_536, perMessageDeflate: false };

export const HOST = '127.0.0.1';

/** Reports the port as one line of JSON on stdout, which the bench waits for. */
export function reportListening(port) {
  process.stdout.write(`${JSON.stringify({ event: 'listening', port })}\n`);
}
