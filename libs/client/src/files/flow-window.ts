import { BLOCK_BYTES } from './file-offer.js';

/**
 * A sender has at most this many blocks in flight that the receiver has not confirmed. It bounds the memory of both sides,
 * and how long a text waits behind a file; 512 KiB keep a path with 100 ms of delay busy at 40 Mbit/s.
 */
export const WINDOW_BLOCKS = 8;

/** The same in bytes. */
export const WINDOW_BYTES = WINDOW_BLOCKS * BLOCK_BYTES;
