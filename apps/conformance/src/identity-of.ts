import { createHash } from 'node:crypto';
import type { Registration } from '@white-rabbit/testing';

/**
 * The device and peer of a key: always the same ones, so that the kit can be run again with keys it bound before.
 * Nothing of the key can be read from them.
 */
export function identityOf(licenseKey: string): Registration {
  const tail = createHash('sha256').update(`conformance:${licenseKey}`).digest('base64url').slice(0, 22);
  return { license_key: licenseKey, device_id: `device-${tail}`, peer_id: `peer-${tail}` };
}
