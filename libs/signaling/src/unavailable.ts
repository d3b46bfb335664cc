/**
 * The back end did not answer, or not in time: the result of the request is unknown, and it may have been carried out.
 * The only exception that this package lets through; every other outcome is a return value.
 */
export class Unavailable extends Error {
  override readonly name = 'Unavailable';
}
