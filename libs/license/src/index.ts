export * from './activation-rule.js';
export * from './key-hash.js';
export * from './license-key.js';
export * from './verdict.js';
