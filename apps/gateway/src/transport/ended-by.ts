import type { CloseCode } from '@white-rabbit/protocol';

/**
 * What ended a connection: one of our codes, or the other side. 1002: it broke the rules of WebSocket; 1006: it vanished
 * without a close frame; `client`: it said good-bye.
 */
export type EndedBy = CloseCode | 1002 | 1006 | 'client';
