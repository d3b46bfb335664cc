import { Injectable } from '@nestjs/common';
import type { ClientData, RawFrame } from '@white-rabbit/protocol';
import { Calls, type Session } from '@white-rabbit/signaling';
import type { Connection } from '../transport/connection.js';
import { HandoverSample } from '../telemetry/metrics/handover-sample.js';
import { answerWhenKnown } from './reply.js';

/** Handles `signal`, the hot path: one parse, one look-up, one write. */
@Injectable()
export class SignalHandler {
  constructor(
    private readonly calls: Calls,
    private readonly sample: HandoverSample,
  ) {}

  signal(connection: Connection, session: Session, data: ClientData<'signal'>, frame: RawFrame): undefined {
    // Valid data has a signal, so its text is present.
    const outcome = this.calls.signal(session, data.call_id, frame.signal ?? '{}');
    if (this.sample.isDue()) this.sample.note(connection.lastHeardMs, outcome);
    answerWhenKnown(connection, frame, outcome);
  }
}
