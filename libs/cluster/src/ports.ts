export * from './bus.js';
export * from './node-registry.js';
export * from './node-report.js';
export * from './presence-feed.js';
export * from './route-store.js';
