import { describe, expect, it } from '@jest/globals';
import { configOf } from '../../test/unit/gateway-node.js';

const capsOf = (env: Readonly<Record<string, string>>) => configOf(env).source;

describe('The limits of one source', () => {
  it('are shares of the gateway’s limits unless they are set', () => {
    const env = { WR_CONNECT_RATE: '400', WR_MAX_UNREGISTERED: '8000', WR_REFUSALS_PER_GATEWAY: '1001' };
    expect(capsOf(env)).toEqual({ connectRate: 300, connectBurst: 800, unregistered: 7200, refusalsPerMinute: 501 });
  });

  it('allow at least 2,500 unregistered connections, however small the limit of the gateway is', () => {
    expect(capsOf({ WR_MAX_UNREGISTERED: '10' }).unregistered).toBe(2_500);
  });

  it('are the configured values, and 0 means no limit', () => {
    const env = {
      WR_SOURCE_CONNECT_RATE: '0',
      WR_SOURCE_CONNECT_BURST: '7',
      WR_SOURCE_MAX_UNREGISTERED: '0',
      WR_SOURCE_REFUSALS: '9',
    };
    expect(capsOf(env)).toEqual({ connectRate: 0, connectBurst: 7, unregistered: 0, refusalsPerMinute: 9 });
  });
});
