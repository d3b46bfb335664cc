export * from './open-regions.js';
export { nodeIdIn, REGION_NAME } from './region-of.js';
