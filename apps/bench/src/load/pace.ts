const TICK_MS = 5;

/** Calls `act` that often a second, open loop and evenly spread, until the returned function is called. */
export function pace(perSecond: number, act: () => void): () => void {
  const startMs = performance.now();
  let done = 0;
  const timer = setInterval(() => {
    const due = Math.floor(((performance.now() - startMs) * perSecond) / 1000);
    for (; done < due; done += 1) act();
  }, TICK_MS);
  return () => {
    clearInterval(timer);
  };
}
