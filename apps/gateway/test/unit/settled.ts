/** Resolves when all promises, microtasks and immediates that are waiting now have run. */
export async function settled(): Promise<void> {
  for (let i = 0; i < 3; i += 1) await new Promise((resolve) => setImmediate(resolve));
}
