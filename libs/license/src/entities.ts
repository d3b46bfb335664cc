import { defineEntity, p } from '@mikro-orm/core';

/** Most devices a license may have. Bounds the work of finding a free slot. */
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
    { name: 'license_revoked_at_index', properties: ['revokedAt'] },
    { name: 'license_created_at_id_index', properties: ['createdAt', 'id'] },
  ],
  properties: {
    id: p.uuid().primary(),
    keyHash: p.blob().unique('license_key_hash_unique'),
    /** The last four characters of the key. */
    hint: p.string().length(4),
    state: p.string().length(7).default('active').$type<'active' | 'revoked'>(),
    maxDevices: p.smallint(),
    expiresAt: p.datetime(3).nullable(),
    revokedAt: p.datetime(3).nullable(),
    createdAt: p.datetime(3).defaultRaw('now()'),
  },
});

/** One license. Its key is stored as a hash only. */
export class License extends licenseSchema.class {}
licenseSchema.setClass(License);

const identitySchema = defineEntity({
  name: 'Identity',
  tableName: 'identity',
  properties: {
    deviceId: p.string().length(128).primary(),
    peerId: p.string().length(128).unique('identity_peer_id_unique'),
  },
});

/** A device and its peer: each belongs to the other alone, for ever, until an operator releases them. */
export class Identity extends identitySchema.class {}
identitySchema.setClass(Identity);

const bindingSchema = defineEntity({
  name: 'Binding',
  tableName: 'binding',
  checks: [{ name: 'binding_slot_check', expression: `slot >= 1 and slot <= ${MAX_DEVICES}` }],
  uniques: [{ name: 'binding_license_id_slot_unique', properties: ['license', 'slot'] }],
  indexes: [{ name: 'binding_device_id_index', properties: ['identity'] }],
  properties: {
    license: () => p.manyToOne(License).primary().deleteRule('restrict').updateRule('no action'),
    identity: () =>
      p.manyToOne(Identity).primary().fieldName('device_id').deleteRule('restrict').updateRule('no action'),
    /** 1 to the license's device limit. */
    slot: p.smallint(),
  },
});

/** A device's place on a license. */
export class Binding extends bindingSchema.class {}
bindingSchema.setClass(Binding);

/** All that is stored for good. */
export const ENTITIES = [License, Identity, Binding];
