/**
 * Maps items concurrently and yields the results in order, with at most `width` pending: a slow item makes the rest wait. Items are taken one
 * at a time, when there is room.
 */
export async function* orderedMap<T, R>(
  items: Iterable<T> | AsyncIterable<T>,
  width: number,
  map: (item: T, index: number) => Promise<R>,
): AsyncGenerator<R, void, undefined> {
  const pending: Promise<R>[] = [];
  let index = 0;
  const start = (item: T) => {
    const promise = map(item, index++);
    // A failure is thrown in its turn; until then, or if iteration stops, it must not count as unhandled.
    promise.catch(() => undefined);
    pending.push(promise);
  };
  for await (const item of items) {
    start(item);
    if (pending.length === width) yield await pending.shift()!;
  }
  while (pending.length > 0) yield await pending.shift()!;
}
