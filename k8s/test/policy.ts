import type { Manifests } from './manifests.js';
import type { Rendering } from './renderings.js';

/** A rule for every rendering. */
export interface Policy {
  readonly sentence: string;
  /** What is wrong, a sentence each. */
  readonly check: (manifests: Manifests, rendering: Rendering) => readonly string[];
  /** Changes that it must detect, each by its name; made in a copy of the first rendering that it is for. */
  readonly breaches: Readonly<Record<string, (manifests: Manifests) => unknown>>;
  /** The renderings that it applies to; all by default. */
  readonly where?: (rendering: Rendering) => boolean;
}

/** The claims that do not hold. `about` stands in front of each. */
export function unmet(claims: Readonly<Record<string, boolean>>, about?: string): readonly string[] {
  return Object.entries(claims)
    .filter(([, holds]) => !holds)
    .map(([claim]) => (about === undefined ? claim : `${about}: ${claim}`));
}
