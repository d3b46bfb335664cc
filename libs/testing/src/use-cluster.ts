import { afterAll, afterEach, beforeAll } from '@jest/globals';
import { CLUSTER_START_MS, TestCluster, type ClusterOptions } from './test-cluster.js';

/**
 * A cluster for one Jest suite: started before its first test, stopped after its last. The clients that it created
 * are closed after each test.
 */
export function useCluster(gateways: number, options?: ClusterOptions): TestCluster {
  const cluster = new TestCluster(gateways, options);
  beforeAll(() => cluster.start(), CLUSTER_START_MS);
  afterEach(() => cluster.closeClients());
  afterAll(() => cluster.stop(), CLUSTER_START_MS);
  return cluster;
}
