/** A size or count of a row at that scale; at least `least`. */
export function sized(stated: number, scale: number, least = 12): number {
  return Math.max(least, Math.round(stated * scale));
}
