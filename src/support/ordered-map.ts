/**
 * Maps a list concurrently and yields the results in order, with at most `width` pending: a slow item makes the rest wait.
 */
export async function* orderedMap<T, R>(
  list: readonly T[],
  width: number,
  map: (item: T, index: number) => Promise<R>,
): AsyncGenerator<R, void, undefined> {
  const pending: Promise<R>[] = [];
  let next = 0;
  const start = () => {
    const promise = map(list[next]!, next++);
    // A failure is thrown in its turn; until then, or if iteration stops, it must not count as unhandled.
    promise.catch(() => undefined);
    pending.push(promise);
  };
  while (next < list.length || pending.length > 0) {
    while (next < list.length && pending.length < width) start();
    yield await pending.shift()!;
  }
}
