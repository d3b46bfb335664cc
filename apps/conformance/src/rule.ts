import type { Scene } from './scene.js';

/** What a rule cannot be checked without. */
export type Need = 'second-url' | 'patience' | 'revoked-key' | 'expired-key';

/** One sentence of the protocol that can be provoked from outside. */
export interface Rule {
  /** Section of docs/protocol.md. */
  readonly section: number;
  readonly says: string;
  readonly needs: readonly Need[];
  /** Rejects with the reason where the server does otherwise. */
  readonly check: (scene: Scene) => Promise<void>;
}

/** Rules of one section, written as sentences beside their checks. */
export function rulesOf(
  section: number,
  checks: Readonly<Record<string, Rule['check']>>,
  needs: readonly Need[] = [],
): readonly Rule[] {
  return Object.entries(checks).map(([says, check]) => ({ section, says, needs, check }));
}

/** A check of two peers; `far` is the number of the second one's server. */
export type PlacedCheck = (scene: Scene, far: 0 | 1) => Promise<void>;

/** The same rules with both peers at one server, and with the second at the other. */
export function rulesOfTwo(
  section: number,
  checks: Readonly<Record<string, PlacedCheck>>,
  needs: readonly Need[] = [],
): readonly Rule[] {
  return Object.entries(checks).flatMap(([says, check]) => [
    { section, says, needs, check: (scene: Scene) => check(scene, 0) },
    {
      section,
      says: `${says}, across two servers`,
      needs: [...needs, 'second-url'] as const,
      check: (scene: Scene) => check(scene, 1),
    },
  ]);
}
