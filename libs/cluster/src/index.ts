export * from './ports.js';
export * from './memory-region.js';
export * from './bus.memory.js';
export * from './node-registry.memory.js';
export * from './presence-feed.memory.js';
export * from './route-store.memory.js';
export * from './node/index.js';
