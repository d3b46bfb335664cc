/** What the readiness probe answers. Counts and states, no identities. */
export interface HealthReport {
  readonly ready: boolean;
  readonly state: 'starting' | 'serving' | 'draining';
  /** Whether this node and others can reach each other. */
  readonly cluster: 'joined' | 'deaf' | 'down';
  readonly sessions: number;
}

/** Whether new clients should be sent here. The database does not count: those who are here lose nothing by its absence, and all gateways share it. */
export class Health {
  #state: HealthReport['state'] = 'starting';

  constructor(
    private readonly cluster: () => HealthReport['cluster'],
    private readonly sessions: () => number,
  ) {}

  serving(): void {
    this.#state = 'serving';
  }

  draining(): void {
    this.#state = 'draining';
  }

  report(): HealthReport {
    const cluster = this.cluster();
    return {
      ready: this.#state === 'serving' && cluster === 'joined',
      state: this.#state,
      cluster,
      sessions: this.sessions(),
    };
  }
}
