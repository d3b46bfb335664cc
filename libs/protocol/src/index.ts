export * from './client-events.js';
export * from './close-codes.js';
export * from './error-codes.js';
export * from './ids.js';
export * from './limits.js';
export * from './server-events.js';
