import type { RuleContext } from './rule-context.js';

/** What a rule requires besides one server: a second server, time, or a license in that state. */
export type Need = 'second-url' | 'slow' | 'revoked-key' | 'expired-key';

/** A check of one client or of several. Rejects with the reason if the server violates the rule. */
export type Check = (context: RuleContext) => Promise<void>;

/** A check of two clients; `far` is the number of the second client's server. */
export type TwoClientCheck = (context: RuleContext, far: 0 | 1) => Promise<void>;

/** A statement of the protocol that can be verified from outside. */
export interface Rule {
  /** Section of docs/protocol.md. */
  readonly section: number;
  /** Subject, behavior and condition. */
  readonly title: string;
  readonly needs: readonly Need[];
  readonly check: Check;
}

/** The rules of a section, as titles with their checks. */
export function rulesOf(
  section: number,
  checks: Readonly<Record<string, Check>>,
  needs: readonly Need[] = [],
): readonly Rule[] {
  return Object.entries(checks).map(([title, check]) => ({ section, title, needs, check }));
}

/** Every rule twice: with both clients at one server, and with the second client at the second server. */
export function rulesOfTwo(
  section: number,
  checks: Readonly<Record<string, TwoClientCheck>>,
  needs: readonly Need[] = [],
): readonly Rule[] {
  return Object.entries(checks).flatMap(([title, check]) => [
    { section, title, needs, check: (context: RuleContext) => check(context, 0) },
    {
      section,
      title: `${title}, across two servers`,
      needs: [...needs, 'second-url'] as const,
      check: (context: RuleContext) => check(context, 1),
    },
  ]);
}
