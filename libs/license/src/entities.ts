import { defineEntity, p } from '@mikro-orm/core';
import type { LicenseState } from './activation-rule.js';
import { type AuditAction, AUDIT_ACTIONS } from './audit/audit-entry.js';
import type { PublicKey } from '@white-rabbit/protocol';
import type { DeviceHash } from './device-hash.js';
import type { LicenseId } from './verdict.js';

/** Highest device limit of a license. Bounds the search for a free slot. */
export const MAX_DEVICES = 1000;

const licenseSchema = defineEntity({
  name: 'License',
  tableName: 'license',
  checks: [
    { name: 'license_state_check', expression: `state in ('active', 'revoked')` },
    { name: 'license_max_devices_check', expression: `max_devices >= 1 and max_devices <= ${MAX_DEVICES}` },
    { name: 'license_revoked_at_check', expression: `(state = 'revoked') = (revoked_at is not null)` },
  ],
  indexes: [
    { name: 'license_created_at_id_index', properties: ['createdAt', 'id'] },
    { name: 'license_changed_at_id_index', properties: ['changedAt', 'id'], where: 'changed_at is not null' },
  ],
  properties: {
    id: p.uuid().$type<LicenseId>().primary(),
    keyHash: p.blob().unique('license_key_hash_unique'),
    /** The last four characters of the key. */
    hint: p.string().length(4),
    state: p.string().length(7).default('active').$type<LicenseState>(),
    maxDevices: p.smallint(),
    expiresAt: p.datetime(3).strictNullable(),
    revokedAt: p.datetime(3).strictNullable(),
    createdAt: p.datetime(3).defaultRaw('now()'),
    /** Time of the last transfer by the user. */
    transferredAt: p.datetime(3).strictNullable(),
    /** Time of the last release of a device. */
    releasedAt: p.datetime(3).strictNullable(),
    /** The latest change for which sessions may have to end. Computed by the database. */
    changedAt: p.datetime(3).strictNullable().generated('(greatest(revoked_at, transferred_at, released_at)) stored'),
    /** Whether `expiresAt` has passed, by the clock of the database. Read if it is populated. */
    expired: p
      .boolean()
      .formula((columns) => `coalesce(${columns['expiresAt']} <= now(), false)`)
      .lazy(),
    /** Devices that are bound. Read if it is populated. */
    devices: p
      .integer()
      .formula((columns) => `(select count(*)::int from binding where license_id = ${columns['id']})`)
      .lazy(),
  },
});

/** A license. Its key is stored as a hash. */
export class License extends licenseSchema.class {}
licenseSchema.setClass(License);

const identitySchema = defineEntity({
  name: 'Identity',
  tableName: 'identity',
  properties: {
    /** `deviceHash` of the device. */
    deviceHash: p.string().length(43).collation('C').$type<DeviceHash>().primary(),
    peerId: p.string().length(128).collation('C').unique('identity_peer_id_unique'),
    /** The Ed25519 key that the device has shown, base64url. From then on every register needs a proof by it. */
    publicKey: p.string().length(43).collation('C').$type<PublicKey>().strictNullable(),
  },
});

/** A device and its peer. Each belongs to the other only, until an operator or the owner of their key separates them. */
export class Identity extends identitySchema.class {}
identitySchema.setClass(Identity);

const bindingSchema = defineEntity({
  name: 'Binding',
  tableName: 'binding',
  checks: [{ name: 'binding_slot_check', expression: `slot >= 1 and slot <= ${MAX_DEVICES}` }],
  uniques: [{ name: 'binding_license_id_slot_unique', properties: ['license', 'slot'] }],
  indexes: [{ name: 'binding_device_hash_index', properties: ['identity'] }],
  properties: {
    license: () => p.manyToOne(License).primary().deleteRule('restrict').updateRule('no action'),
    identity: () =>
      p.manyToOne(Identity).primary().fieldName('device_hash').deleteRule('restrict').updateRule('cascade'),
    /** 1 to the license's device limit. */
    slot: p.smallint(),
    boundAt: p.datetime(3).defaultRaw('now()'),
  },
});

/** A device on a slot of a license. */
export class Binding extends bindingSchema.class {}
bindingSchema.setClass(Binding);

const quarantineSchema = defineEntity({
  name: 'Quarantine',
  tableName: 'quarantine',
  indexes: [
    { name: 'quarantine_device_hash_index', properties: ['identity'] },
    { name: 'quarantine_taken_by_index', properties: ['takenBy'] },
    { name: 'quarantine_moved_at_index', properties: ['movedAt'] },
  ],
  properties: {
    license: () => p.manyToOne(License).primary().deleteRule('cascade').updateRule('no action'),
    identity: () =>
      p.manyToOne(Identity).primary().fieldName('device_hash').deleteRule('cascade').updateRule('cascade'),
    /** The device that has the slot now, after later moves too. `null`: an operator has removed it. */
    takenBy: () =>
      p.manyToOne(Identity).strictNullable().fieldName('taken_by').deleteRule('set null').updateRule('cascade'),
    movedAt: p.datetime(3).defaultRaw('now()'),
  },
});

/**
 * A device that lost its slot to another one without a proof by its key. For 7 days its peer is not free, and its next
 * register takes the slot back.
 */
export class Quarantine extends quarantineSchema.class {}
quarantineSchema.setClass(Quarantine);

const licenseAuditSchema = defineEntity({
  name: 'LicenseAudit',
  tableName: 'license_audit',
  checks: [
    {
      name: 'license_audit_action_check',
      expression: `action in (${AUDIT_ACTIONS.map((action) => `'${action}'`).join(', ')})`,
    },
    { name: 'license_audit_count_check', expression: `count >= 1` },
  ],
  indexes: [
    { name: 'license_audit_license_id_index', properties: ['licenseId'] },
    { name: 'license_audit_at_index', properties: ['at'] },
  ],
  properties: {
    id: p.bigint('number').primary().generated('by default as identity'),
    at: p.datetime(3).defaultRaw('now()'),
    /** The name given on the command line. */
    operator: p.string().length(64),
    action: p.string().length(16).$type<AuditAction>(),
    /** Set for a change of one license. Not a foreign key: the license can be deleted. */
    licenseId: p.uuid().$type<LicenseId>().strictNullable(),
    /** Number of changed licenses, or of removed entries. */
    count: p.integer(),
    detail: p.string().length(200).strictNullable(),
  },
});

/** An entry of the audit trail. It never contains a device, a peer or a key. */
export class LicenseAudit extends licenseAuditSchema.class {}
licenseAuditSchema.setClass(LicenseAudit);

/** All entities. */
export const ENTITIES = [License, Identity, Binding, Quarantine, LicenseAudit];
