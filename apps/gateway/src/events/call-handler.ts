import type { ClientData, PeerId, RawFrame, ServerData } from '@white-rabbit/protocol';
import type { Directory } from '@white-rabbit/cluster';
import { Unavailable, type Calls, type Hub, type Session, type Route } from '@white-rabbit/signaling';
import { endWhenKnown, type Tracer } from '../telemetry/tracing/tracer.js';
import type { Connection } from '../transport/connection.js';
import type { IceServerProvider } from '../turn/ice-server-provider.js';
import type { PeerQuota } from './limits/peer-quota.js';
import type { Handled } from './dispatcher.js';
import type { RateLimits } from './limits/rate-limits.js';
import { answer, answerWhenKnown, fail } from './reply.js';

/** Where a callee is: its node and session there, or why that cannot be said. */
type Whereabouts = Pick<Route, 'node' | 'session'> | 'peer_offline' | 'unavailable';

/** Events that set up and end calls. Each is handed on in the order it came; its answer follows when it is known. */
export class CallHandler {
  constructor(
    private readonly calls: Calls,
    private readonly hub: Hub,
    private readonly directory: Directory,
    private readonly quota: PeerQuota,
    private readonly limits: Pick<RateLimits, 'refuse'>,
    private readonly node: Route['node'],
    private readonly isReachable: () => boolean,
    private readonly iceServers: IceServerProvider,
    private readonly tracer: Tracer,
  ) {}

  call(connection: Connection, session: Session, data: ClientData<'call'>, frame: RawFrame): Handled {
    const checked = this.calls.check(session, data);
    if (checked !== 'ok') {
      answer(connection, frame, checked);
      return undefined;
    }
    return this.#ring(connection, session, data, frame);
  }

  accept(connection: Connection, session: Session, data: ClientData<'accept'>, frame: RawFrame): undefined {
    // The callee's own; the caller's come with its `accept`.
    answerWhenKnown(connection, frame, this.calls.accept(session, data.call_id), () => this.#relays());
  }

  reject(connection: Connection, session: Session, data: ClientData<'reject'>, frame: RawFrame): undefined {
    answerWhenKnown(connection, frame, this.calls.reject(session, data.call_id, data.reason));
  }

  established(connection: Connection, session: Session, data: ClientData<'established'>, frame: RawFrame): undefined {
    answerWhenKnown(connection, frame, this.calls.established(session, data.call_id));
  }

  hangup(connection: Connection, session: Session, data: ClientData<'hangup'>, frame: RawFrame): undefined {
    answerWhenKnown(connection, frame, this.calls.hangup(session, data.call_id));
  }

  #relays(): ServerData<'ack'> | undefined {
    const servers = this.iceServers.servers();
    return servers && { ice_servers: [...servers] };
  }

  async #ring(connection: Connection, session: Session, data: ClientData<'call'>, frame: RawFrame): Promise<void> {
    const span = this.tracer.start('call');
    const waitMs = await this.quota.take(session.peer);
    if (waitMs > 0) {
      span.end('rate_limited');
      this.limits.refuse(connection, frame, waitMs);
      return;
    }
    const callee = await this.#find(data.peer_id);
    if (!connection.isOpen) {
      span.end('gone');
    } else if (typeof callee === 'string') {
      span.end(callee);
      fail(connection, frame, callee);
    } else {
      const outcome = this.calls.ring(session, data, callee);
      answerWhenKnown(connection, frame, outcome);
      endWhenKnown(span, outcome, callee.node === this.node ? 'same_node' : 'across');
    }
  }

  /** A peer of this very node is found without asking anybody, also while the cluster is down. */
  async #find(peer: PeerId): Promise<Whereabouts> {
    const local = this.hub.ofPeer(peer);
    if (local !== undefined) return { node: this.node, session: local.id };
    if (!this.isReachable()) return 'unavailable';
    try {
      return (await this.directory.locate(peer)) ?? 'peer_offline';
    } catch (error) {
      if (error instanceof Unavailable) return 'unavailable';
      throw error;
    }
  }
}
