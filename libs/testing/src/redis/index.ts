/** Real Redis servers for tests: one, a Redis Cluster, and a primary behind a Sentinel. */
export * from './ask.js';
export * from './real-redis.js';
export * from './redis-cluster.js';
export * from './redis-process.js';
export * from './redis-users.js';
export * from './redis-sentinel.js';
