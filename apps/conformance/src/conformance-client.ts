import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { TestKey, TestPeer, type Registration, type ServerFrame } from '@white-rabbit/testing';

/** The longest `retry_after_ms` that a client obeys: the limits are per minute. Milliseconds. */
const LONGEST_WAIT_MS = 61_000;

/** A client of a rule. It repeats a rate-limited request once, after `retry_after_ms`; `askOnce` does not. */
export class ConformanceClient extends TestPeer {
  override async ask(event: string, data?: object, deadlineMs?: number): Promise<ServerFrame> {
    const response = await super.ask(event, data, deadlineMs);
    const waitMs = event === 'register' ? undefined : waitOf(response);
    if (waitMs === undefined) return response;
    await sleep(waitMs);
    return super.ask(event, data, deadlineMs);
  }

  /** Sends a request and resolves with the response, also if it is `rate_limited`. */
  askOnce(event: string, data?: object): Promise<ServerFrame> {
    return super.ask(event, data);
  }
}

/** How long a `rate_limited` error asks to wait; `undefined` for every other frame. Milliseconds. */
export function waitOf(frame: ServerFrame): number | undefined {
  if (frame.event !== 'error' || frame.data.code !== 'rate_limited') return undefined;
  return Math.min(frame.data.retry_after_ms ?? LONGEST_WAIT_MS, LONGEST_WAIT_MS);
}

/**
 * The device id and the peer id for a license key. They are derived from a hash of the key, so that a later run can use a
 * key that an earlier run has bound.
 */
export function identityOf(licenseKey: string): Registration {
  const tail = seedOf('conformance', licenseKey).toString('base64url').slice(0, 22);
  return { license_key: licenseKey, device_id: `device-${tail}`, peer_id: `peer-${tail}` };
}

/** A device whose peer is the key. */
export interface KeyOwner {
  readonly identity: Registration;
  readonly key: TestKey;
}

/** The same for a peer that is a key. */
export function keyOwnerOf(licenseKey: string): KeyOwner {
  const key = new TestKey(seedOf('conformance-key', licenseKey));
  return { identity: { ...identityOf(licenseKey), peer_id: key.peerId }, key };
}

function seedOf(purpose: string, licenseKey: string): Buffer {
  return createHash('sha256').update(`${purpose}:${licenseKey}`).digest();
}
