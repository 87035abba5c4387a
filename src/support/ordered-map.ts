/**
 * Maps a list concurrently and gives the results in the list's order, never holding more than `width` of them: a slow
 * one at the front makes the rest wait instead of piling up.
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
    // A failure is told when its turn comes; until then (or if nobody asks any more) it must not count as unhandled.
    promise.catch(() => undefined);
    pending.push(promise);
  };
  while (next < list.length || pending.length > 0) {
    while (next < list.length && pending.length < width) start();
    yield await pending.shift()!;
  }
}
