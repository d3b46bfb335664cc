/**
 * The back end did not answer, or not in time: nothing is known about what was asked, and it may have happened.
 * The one exception an engine lets through; every other outcome is a return value.
 */
export class Unavailable extends Error {
  override readonly name = 'Unavailable';
}
