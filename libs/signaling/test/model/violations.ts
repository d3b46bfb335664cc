/** Rules of the protocol that were violated. */
export class Violations {
  readonly broken: string[] = [];

  expect(holds: boolean, rule: string): void {
    if (!holds) this.broken.push(rule);
  }
}
