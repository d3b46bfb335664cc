/** `1.3 ms` */
export function msText(ms: number): string {
  return `${ms.toFixed(1)} ms`;
}
