export * from './address-book.js';
export * from './conversation.js';
export { fingerprintOf } from '../fingerprint.js';
export * from './invitation.js';
export * from './sentences.js';
export * from './thread.js';
