/** Files read concurrently: each takes one of a process's 1,024 file descriptors. */
const AT_ONCE = 64;

/** Maps items concurrently, and returns the results in order. @param most items at the same time */
export async function mapAtOnce<T, R>(
  items: readonly T[],
  work: (item: T) => Promise<R>,
  most = AT_ONCE,
): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const lane = async () => {
    while (next < items.length) {
      const at = next++;
      results[at] = await work(items[at]!);
    }
  };
  await Promise.all(Array.from({ length: Math.min(most, items.length) }, lane));
  return results;
}
