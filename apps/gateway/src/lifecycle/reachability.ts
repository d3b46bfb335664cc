import type { Engines, NodeLease, NodeState } from '@white-rabbit/cluster';

/** Whether this node and others can talk to each other now. Known at once, without asking anybody. */
export class Reachability {
  constructor(
    private readonly engines: Pick<Engines, 'isUp'>,
    private readonly lease: Pick<NodeLease, 'state'>,
  ) {}

  readonly isReachable = (): boolean => this.state === 'joined';

  /** A broken connection is seen before the next probe finds out. */
  get state(): NodeState {
    return this.engines.isUp() ? this.lease.state : 'down';
  }
}
