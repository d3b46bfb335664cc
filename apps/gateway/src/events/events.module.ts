import { Module } from '@nestjs/common';
import { TransportModule } from '../transport/transport.module.js';
import { CallHandler } from './call-handler.js';
import { CalleeLookup } from './callee-lookup.js';
import { ConnectionHandler } from './connection-handler.js';
import { ContactsHandler } from './contacts-handler.js';
import { Dispatcher } from './dispatcher.js';
import { Greeting } from './greeting.js';
import { LicenseCheck } from './license-check.js';
import { PeerQuotas } from './limits/peer-quotas.js';
import { RateLimits } from './limits/rate-limits.js';
import { RefusalLimits } from './limits/refusal-limits.js';
import { NodeMessages } from './node-messages.js';
import { RegisterHandler } from './register-handler.js';
import { SessionEvents } from './session-events.js';
import { SignalHandler } from './signal-handler.js';
import { SignalingGateway } from './signaling.gateway.js';
import { SignalingModule } from './signaling.module.js';

/** The events of clients and the messages of other nodes. */
@Module({
  imports: [TransportModule, SignalingModule],
  providers: [
    RateLimits,
    RefusalLimits,
    PeerQuotas,
    Greeting,
    LicenseCheck,
    RegisterHandler,
    ContactsHandler,
    CalleeLookup,
    CallHandler,
    SignalHandler,
    SessionEvents,
    Dispatcher,
    ConnectionHandler,
    SignalingGateway,
    NodeMessages,
  ],
  exports: [TransportModule, SignalingModule],
})
export class EventsModule {}
