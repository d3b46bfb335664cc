export * from './identity-file.js';
