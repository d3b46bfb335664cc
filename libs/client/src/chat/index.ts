export * from './address-book.js';
export * from './conversation.js';
export * from './sentences.js';
export * from './thread.js';
