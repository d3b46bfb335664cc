/** A function that runs `act` once after all calls of the current task. */
export function coalesced(act: () => void): () => void {
  let isPending = false;
  return () => {
    if (isPending) return;
    isPending = true;
    queueMicrotask(() => {
      isPending = false;
      act();
    });
  };
}
