import { isCanonical, isKeyPeer, PeerId, peerOfKey, PublicKey } from '@white-rabbit/protocol';
import { MAX_DEVICES } from '../entities.js';
import type { ArchivedBinding, ArchivedLicense } from './archive-format.js';

type Check = (value: unknown) => boolean;

const matches = (form: RegExp) => (value: unknown) => typeof value === 'string' && form.test(value);
const nullOr = (check: Check) => (value: unknown) => value === null || check(value);
const wholeTo = (most: number) => (value: unknown) =>
  Number.isInteger(value) && Number(value) >= 1 && Number(value) <= most;

const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;
const isTime: Check = (value) => matches(TIME)(value) && !Number.isNaN(Date.parse(String(value)));

const LICENSE: Readonly<Record<Exclude<keyof ArchivedLicense, 'bindings'>, Check>> = {
  id: matches(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
  key_hash: matches(/^[0-9a-f]{64}$/),
  hint: matches(/^[0-9A-Z]{4}$/),
  state: matches(/^(active|revoked)$/),
  max_devices: wholeTo(MAX_DEVICES),
  expires_at: nullOr(isTime),
  revoked_at: nullOr(isTime),
  created_at: isTime,
  transferred_at: nullOr(isTime),
};

const BINDING: Readonly<Record<keyof ArchivedBinding, Check>> = {
  slot: wholeTo(MAX_DEVICES),
  device_hash: matches(/^[\w-]{43}$/),
  peer_id: (value) => PeerId.safeParse(value).success,
  public_key: nullOr((value) => isCanonical(PublicKey.safeParse(value).data ?? ' ')),
  bound_at: isTime,
};

/** Reads a line of an archive: the license, or a description of its error that quotes no content. */
export function readArchived(line: string, withBindings: boolean): ArchivedLicense | string {
  const value = parse(line);
  if (value === undefined) return 'not a license';
  const wrong = firstWrong(value, LICENSE);
  if (wrong !== undefined) return `${wrong} is missing or malformed`;
  const license = value as unknown as ArchivedLicense;
  if ((license.state === 'revoked') !== (license.revoked_at !== null)) return 'state and revoked_at do not agree';
  return withBindings ? withCheckedBindings(license) : license;
}

function withCheckedBindings(license: ArchivedLicense): ArchivedLicense | string {
  const { bindings, max_devices: maxDevices } = license;
  if (!Array.isArray(bindings)) return 'bindings is missing or malformed';
  const list = bindings as unknown[];
  if (!list.every((one) => isRecord(one) && firstWrong(one, BINDING) === undefined)) return 'a binding is malformed';
  const checked = bindings as readonly ArchivedBinding[];
  if (checked.some(({ slot }) => slot > maxDevices)) return 'a slot is above max_devices';
  if (
    checked.some(
      (one) => isKeyPeer(one.peer_id) && one.public_key !== null && peerOfKey(one.public_key) !== one.peer_id,
    )
  )
    return 'a peer that is a key has another key';
  for (const field of ['slot', 'device_hash', 'peer_id'] as const) {
    if (new Set(checked.map((one) => one[field])).size < checked.length)
      return `two of its bindings have the same ${field}`;
  }
  return license;
}

function firstWrong(value: Readonly<Record<string, unknown>>, checks: Readonly<Record<string, Check>>) {
  return Object.entries(checks).find(([field, isRight]) => !isRight(value[field]))?.[0];
}

function parse(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
