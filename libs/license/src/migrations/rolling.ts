/** Adds only: versions that do not know it can work beside it. */
export function isExpand(name: string): boolean {
  return name.endsWith('Expand');
}

/** Takes away what is no longer used: versions that know it can work before and after it. */
export function isContract(name: string): boolean {
  return name.endsWith('Contract');
}
