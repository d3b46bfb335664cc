/** Rules of the protocol that did not hold. */
export class Violations {
  readonly broken: string[] = [];

  expect(holds: boolean, rule: string): void {
    if (!holds) this.broken.push(rule);
  }
}
