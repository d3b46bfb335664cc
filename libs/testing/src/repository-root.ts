import { resolve } from 'node:path';

/** Folder of the checkout. The same from `src` and from `dist`. */
export const REPOSITORY_ROOT = resolve(import.meta.dirname, '../../..');
