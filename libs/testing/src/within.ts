/**
 * `promise`, or an Error that reports that `what` did not happen within `deadlineMs`. After a pause of this process, what
 * has arrived meanwhile is read first.
 */
export async function within<T>(what: string, deadlineMs: number, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const isLate = () => {
      reject(new Error(`${what}: not within ${deadlineMs} ms`));
    };
    timer = setTimeout(() => setImmediate(isLate), deadlineMs);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
