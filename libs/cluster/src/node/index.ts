export * from './answer.js';
export * from './clock.js';
export * from './courier.js';
export * from './directory.js';
export * from './node-lease.js';
export * from './node-watch.js';
export * from './presence-view.js';
export * from './route-keeper.js';
