import type { Rule } from '../rule.js';
import { CALL_RULES } from './call-rules.js';
import { CONTACT_RULES } from './contact-rules.js';
import { GLARE_RULES } from './glare-rules.js';
import { HEARTBEAT_RULES } from './heartbeat-rules.js';
import { LICENSE_RULES } from './license-rules.js';
import { LIMIT_RULES } from './limit-rules.js';
import { NAME_RULES } from './name-rules.js';
import { ORDER_RULES } from './order-rules.js';
import { PRESENCE_RULES } from './presence-rules.js';
import { PROOF_RULES } from './proof-rules.js';
import { REGISTER_RULES } from './register-rules.js';
import { ICE_SERVER_RULES } from './ice-server-rules.js';
import { TRANSPORT_RULES } from './transport-rules.js';
import { UPGRADE_RULES } from './upgrade-rules.js';

/** Every rule of docs/protocol.md that can be verified from outside, by section. */
export const ALL_RULES: readonly Rule[] = [
  ...TRANSPORT_RULES,
  ...NAME_RULES,
  ...REGISTER_RULES,
  ...CONTACT_RULES,
  ...PRESENCE_RULES,
  ...CALL_RULES,
  ...ORDER_RULES,
  ...GLARE_RULES,
  ...ICE_SERVER_RULES,
  ...HEARTBEAT_RULES,
  ...LICENSE_RULES,
  ...LIMIT_RULES,
  ...UPGRADE_RULES,
  ...PROOF_RULES,
].sort((a, b) => a.section - b.section);
