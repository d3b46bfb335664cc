import { signalText, type ClientData, type RawFrame } from '@white-rabbit/protocol';
import type { Calls, Session } from '@white-rabbit/signaling';
import type { Connection } from '../socket/connection.js';
import { answerWhenKnown } from './reply.js';

/** `signal`: the hot path. One parse, one look-up, one write. */
export class SignalHandler {
  constructor(private readonly calls: Calls) {}

  signal(
    connection: Connection,
    session: Session,
    data: ClientData<'signal'>,
    frame: RawFrame,
    text: string,
  ): undefined {
    const outcome = this.calls.signal(session, data.call_id, signalText(text));
    answerWhenKnown(connection, frame, outcome);
  }
}
