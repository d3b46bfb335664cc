import { Injectable } from '@nestjs/common';
import { ClusterNode } from '@white-rabbit/cluster';
import { Calls, SessionRegistry, type CallMessage } from '@white-rabbit/signaling';

const CALL_KINDS: readonly CallMessage['kind'][] = ['ring', 'accept', 'reject', 'signal', 'end'];

/** Handles the messages of other nodes: about calls and about replaced sessions. */
@Injectable()
export class NodeMessages {
  constructor({ rpc }: ClusterNode, calls: Calls, sessions: SessionRegistry) {
    for (const kind of CALL_KINDS) rpc.on(kind, (from, message, isLate) => calls.receive(from, message, isLate));
    rpc.on('displaced', (_from, { session }) => {
      sessions.displace(session);
      return 'ok';
    });
  }
}
