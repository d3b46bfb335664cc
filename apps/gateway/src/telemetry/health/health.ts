import type { NodePhase, NodeReport, NodeState } from '@white-rabbit/cluster';

/** What the readiness probe answers. Counts and states, no identities of clients. */
export interface HealthReport extends NodeReport {
  readonly ready: boolean;
  /** This gateway's own name, new at each start. */
  readonly node: string;
  /** Whether this node and others can reach each other. */
  readonly cluster: NodeState;
}

/** What others know of this gateway. */
export interface HealthFacts {
  readonly node: string;
  cluster(): NodeState;
  /** So near its cap that new clients should go elsewhere. */
  isFull(): boolean;
  counts(): Omit<NodeReport, 'state'>;
}

/**
 * Whether new clients should be sent here. The database does not count: those who are here lose nothing by its absence,
 * and all gateways share it.
 */
export class Health {
  #phase: Exclude<NodePhase, 'full'> = 'starting';

  constructor(private readonly facts: HealthFacts) {}

  serving(): void {
    this.#phase = 'serving';
  }

  draining(): void {
    this.#phase = 'draining';
  }

  /** Whether new clients should be sent here. */
  get isReady(): boolean {
    return this.#state() === 'serving' && this.facts.cluster() === 'joined';
  }

  report(): HealthReport {
    return { ready: this.isReady, node: this.facts.node, cluster: this.facts.cluster(), ...this.nodeReport() };
  }

  /** The part that the other nodes' operators see, too. */
  nodeReport(): NodeReport {
    return { state: this.#state(), ...this.facts.counts() };
  }

  #state(): NodePhase {
    return this.#phase === 'serving' && this.facts.isFull() ? 'full' : this.#phase;
  }
}
