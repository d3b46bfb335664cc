import type { NodeId } from '../state/route.js';
import {
  encodeAccept,
  encodeHangup,
  encodeReject,
  encodeRing,
  type HangupReason,
  type IceServer,
} from '@white-rabbit/protocol';
import { CallLeg, type CallRole, type Session } from '../state/session.js';
import type { CallMessage } from './call-message.js';
import type { CallTable } from './call-table.js';
import { glare } from './glare.js';
import type { Answer } from './outcome.js';

type Message<K extends CallMessage['kind']> = Extract<CallMessage, { kind: K }>;

/**
 * Handles messages from the other end of a call, at the node of this end. A message may overtake the answer to the `call`
 * or the `accept` of this end that it proves: the client then gets its `ack` before the frame of the other side. A message is accepted only if it comes from
 * the session and the node that the call leg is connected to. Any other sender that knows the call's id gets the
 * answer for an unknown call.
 */
export class CallReceiver {
  constructor(
    private readonly table: CallTable,
    /** Notifies the other side why a call leg ended here. */
    private readonly sendEnd: (leg: CallLeg, reason: HangupReason) => void,
    private readonly now: () => number,
    private readonly iceServers: () => readonly IceServer[] | undefined,
  ) {}

  deliver(session: Session, from: NodeId, message: CallMessage): Answer {
    switch (message.kind) {
      case 'signal':
        return this.#signal(this.#leg(session, from, message), message);
      case 'ring':
        return this.#ring(session, from, message);
      case 'accept':
        return this.#accept(this.#leg(session, from, message, 'caller'));
      case 'reject':
        return this.#reject(this.#leg(session, from, message, 'caller'), message);
      case 'end':
        return this.#end(this.#leg(session, from, message), message);
    }
  }

  #signal(leg: CallLeg | undefined, { signal }: Message<'signal'>): Answer {
    return leg === undefined ? 'call_not_found' : leg.relay(signal);
  }

  #ring(session: Session, from: NodeId, message: Message<'ring'>): Answer {
    if (session.calls?.has(message.call) === true) return 'call_exists';
    const { lost, beaten } = glare(session, 'caller', message.call, message.from, from);
    if (lost) return 'glare';
    if ((session.calls?.size ?? 0) - beaten.length >= this.table.limits.calls) return 'call_limit';
    const other = { peer: message.peer, session: message.from, node: from };
    const ringing = new CallLeg(message.call, 'callee', session, other);
    this.table.open(ringing, this.now());
    for (const leg of beaten) this.table.end(leg, 'glare');
    const answer = handedOver(session.sink.send(encodeRing(message.call, message.peer, message.resumes)));
    // The ring may still be in transit and arrive after this call has ended, so the other end is notified too.
    for (const leg of beaten) this.sendEnd(leg, 'glare');
    // The caller drops its own call leg on this answer and sends no notification.
    if (answer === 'peer_offline') this.table.drop(ringing, 'refused');
    return answer;
  }

  #accept(leg: CallLeg | undefined): Answer {
    if (leg === undefined) return 'call_not_found';
    // A repeated request, because the first answer was lost: the caller has received its frame.
    if (leg.state === 'active') return 'ok';
    leg.state = 'active';
    leg.delivered();
    return handedOver(leg.session.sink.send(encodeAccept(leg.id, leg.other.peer, this.iceServers())));
  }

  #reject(leg: CallLeg | undefined, message: Message<'reject'>): Answer {
    if (leg === undefined) return 'call_not_found';
    // The accept arrived, its answer did not, and the callee then rejected the call: for the caller that is a hang-up.
    if (leg.state !== 'ringing') return this.#hangUp(leg, 'hangup');
    this.table.drop(leg, 'rejected');
    leg.delivered();
    return handedOver(leg.session.sink.send(encodeReject(leg.id, leg.other.peer, message.reason)));
  }

  #end(leg: CallLeg | undefined, message: Message<'end'>): Answer {
    if (leg === undefined) return 'call_not_found';
    // Only a client that has received the `ring` or the `accept` hangs up. Other ends may come without that.
    if (message.reason === 'hangup') leg.delivered();
    return this.#hangUp(leg, message.reason);
  }

  #hangUp(leg: CallLeg, reason: HangupReason): Answer {
    this.table.drop(leg, reason);
    return handedOver(leg.session.sink.send(encodeHangup(leg.id, leg.other.peer, reason)));
  }

  #leg(session: Session, from: NodeId, message: CallMessage, role?: CallRole): CallLeg | undefined {
    const leg = session.calls?.get(message.call);
    if (!leg?.isWith(message.from, from)) return undefined;
    return role === undefined || leg.role === role ? leg : undefined;
  }
}

/** The answer to the sender of a frame. `ok` means that the socket accepted the frame. */
function handedOver(isTaken: boolean): Answer {
  return isTaken ? 'ok' : 'peer_offline';
}
