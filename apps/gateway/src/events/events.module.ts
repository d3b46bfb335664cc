import { Module } from '@nestjs/common';
import { IdentityModule } from '../identity/identity.module.js';
import { TransportModule } from '../transport/transport.module.js';
import { CallHandler } from './call-handler.js';
import { CalleeLookup } from './callee-lookup.js';
import { ConnectionHandler } from './connection-handler.js';
import { ContactsHandler } from './contacts-handler.js';
import { Dispatcher } from './dispatcher.js';
import { PeerQuotas } from './limits/peer-quota.js';
import { RateLimits } from './limits/rate-limits.js';
import { RefusalLimits } from './limits/refusal-limits.js';
import { RefusalPace } from './limits/refusal-pace.js';
import { NodeMessages } from './node-messages.js';
import { RegisterAdmission } from './register-admission.js';
import { Greeting, RegisterHandler } from './register-handler.js';
import { SignalingModule } from './signaling.module.js';

/** The events of clients and the messages of other nodes. */
@Module({
  imports: [TransportModule, IdentityModule, SignalingModule],
  providers: [
    RateLimits,
    RefusalLimits,
    RefusalPace,
    PeerQuotas,
    Greeting,
    RegisterAdmission,
    RegisterHandler,
    ContactsHandler,
    CalleeLookup,
    CallHandler,
    Dispatcher,
    ConnectionHandler,
    NodeMessages,
  ],
  exports: [TransportModule, SignalingModule],
})
export class EventsModule {}
