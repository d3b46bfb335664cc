import type { INestApplicationContext } from '@nestjs/common';
import { NodeRpc, NodeLease, FailureDetector, PresenceView, RouteKeeper, type Engines } from '@white-rabbit/cluster';
import { LicenseRepository, RevocationWatch } from '@white-rabbit/license';
import { Calls, Contacts, Hub, SessionRegistry } from '@white-rabbit/signaling';
import type { Logger } from 'pino';
import { NodeMessages } from '../events/node-messages.js';
import { Health } from '../telemetry/health/health.js';
import { LoggerToken } from '../telemetry/ops-tokens.js';
import { RegistrationMetrics } from '../telemetry/metrics/registration-metrics.js';
import { Tracer } from '../telemetry/tracing/tracer.js';
import { Admission } from '../transport/admission.js';
import { Connections } from '../transport/connections.js';
import { PublicEndpoint } from '../transport/public-endpoint.js';
import { EnginesToken } from './node-tokens.js';
import { Reachability } from './reachability.js';

/** Everything that lives as long as the node does. */
export type NodeParts = ReturnType<typeof nodeParts>;

/** Takes the parts out of the application that made them. */
export function nodeParts(app: INestApplicationContext) {
  return {
    engines: app.get<Engines>(EnginesToken),
    rpc: app.get(NodeRpc),
    lease: app.get(NodeLease),
    reachability: app.get(Reachability),
    nodes: app.get(FailureDetector),
    routes: app.get(RouteKeeper),
    presence: app.get(PresenceView),
    hub: app.get(Hub),
    calls: app.get<Calls>(Calls),
    contacts: app.get<Contacts>(Contacts),
    registers: app.get(RegistrationMetrics),
    sessions: app.get<SessionRegistry>(SessionRegistry),
    messages: app.get(NodeMessages),
    licenses: app.get<LicenseRepository>(LicenseRepository),
    revocations: app.get(RevocationWatch),
    connections: app.get(Connections),
    admission: app.get(Admission),
    endpoint: app.get(PublicEndpoint),
    health: app.get(Health),
    tracer: app.get<Tracer>(Tracer),
    log: app.get<Logger>(LoggerToken),
  };
}
