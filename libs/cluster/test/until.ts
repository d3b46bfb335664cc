import { eventually } from '@white-rabbit/testing/eventually';

/** Resolves when it holds; checked every 10 ms. @throws Error after the deadline. */
export async function until(holds: () => boolean | Promise<boolean>, deadlineMs = 5000): Promise<void> {
  await eventually('the condition holds', holds, { deadlineMs, everyMs: 10 });
}
