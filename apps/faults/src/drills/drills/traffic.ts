import type { TestPeer } from '@white-rabbit/testing';
import type { DrillSite } from '../drill-site.js';

/** One signal in 64 is timed: this many are sent at once. */
const SIGNALS = 32;

/** A call between clients of two gateways; the result sends some signals. */
export async function callAcross(site: DrillSite): Promise<() => Promise<void>> {
  const [caller, callee] = await site.cluster.pair(1);
  const call_id = await site.cluster.call(caller, callee);
  return () => {
    for (let n = 0; n < SIGNALS; n += 1) caller.send('signal', { call_id, signal: { n } });
    return Promise.resolve();
  };
}

/** A new client registers with a gateway and leaves. Resolves with the answer, or its error code. */
export async function visit(site: DrillSite, licenseKey?: string): Promise<string> {
  const identity = await site.cluster.identity('client');
  const peer: TestPeer = await site.cluster.connectAs(
    licenseKey === undefined ? identity : { ...identity, license_key: licenseKey },
  );
  try {
    const frame = await peer.ask('register', peer.identity, 15_000);
    return frame.event === 'error' ? frame.data.code : frame.event;
  } finally {
    await peer.close();
  }
}
