import { checkCharacters, generateLicenseKey } from '@white-rabbit/license';
import { newIdentity, type Registration, type TestCluster } from '@white-rabbit/testing';

/** A kind of `register` that is refused; each call gives another one. */
export type RefusedRegister = () => Registration;

/** Two kinds that get the same answer. Does its time say which of the two it was? */
export interface Comparison {
  readonly code: string;
  readonly names: readonly [string, string];
  readonly registers: readonly [RefusedRegister, RefusedRegister];
  /** Whether a client knows by itself which of the two it has sent. */
  readonly isPublic?: boolean;
}

/** Prepares licenses in all states that refuse a register. `bind` registers a device. */
export async function comparisons(
  { licenses }: TestCluster,
  bind: (registration: Registration) => Promise<void>,
): Promise<readonly Comparison[]> {
  const keys = await licenses.issue({ count: 3 });
  const [revoked = '', full = '', other = ''] = keys.map(({ license_key }) => license_key);
  const [ofRevoked, ofFull, ofOther] = [revoked, full, other].map(ofNewDevice) as [
    Registration,
    Registration,
    Registration,
  ];
  for (const device of [ofRevoked, ofFull, ofOther]) await bind(device);
  await licenses.revoke(revoked);
  const unknown = () => ofNewDevice(generateLicenseKey());
  const near = () => ofNewDevice(neighborOf(full));
  const mistyped = () => ofNewDevice(mistype(generateLicenseKey()));
  const taken = () => ({ ...ofNewDevice(full), peer_id: ofOther.peer_id });
  return [
    { code: 'license_invalid', names: ['never issued', 'never issued (control)'], registers: [unknown, unknown] },
    {
      code: 'license_invalid',
      names: ['never issued', 'one character from an issued key'],
      registers: [unknown, near],
    },
    {
      code: 'license_invalid',
      names: ['never issued', 'wrong check characters'],
      registers: [unknown, mistyped],
      isPublic: true,
    },
    {
      code: 'license_revoked',
      names: ['another device', 'the device of the license'],
      registers: [() => ofNewDevice(revoked), () => ofRevoked],
    },
    {
      code: 'license_device_limit',
      names: ['a free peer id', 'the peer id of another license'],
      registers: [() => ofNewDevice(full), taken],
    },
  ];
}

/** A device and a peer that were never seen. */
function ofNewDevice(license_key: string): Registration {
  return { license_key, ...newIdentity('refused') };
}

/** A well-formed key that differs in one of its random characters. */
function neighborOf(key: string): string {
  const random = key.replaceAll('-', '').slice('WR1'.length, -checkCharacters('').length);
  const changed = `${random.slice(0, -1)}${random.endsWith('7') ? '8' : '7'}`;
  return `WR1${changed}${checkCharacters(changed)}`;
}

function mistype(key: string): string {
  return `${key.slice(0, -1)}${key.endsWith('7') ? '8' : '7'}`;
}
