export * from './cluster-node.js';
export * from './directory.js';
export * from './node-lease.js';
export * from './failure-detector.js';
export * from './presence-view.js';
export * from './route-keeper.js';
