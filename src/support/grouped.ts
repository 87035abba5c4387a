/**
 * Gathers items into groups, in their order. A group ends where the next item does not join it, and where it has not come in time: nobody waits long
 * for an item that is slow.
 *
 * @param joins whether an item belongs to the group before it, which is not empty
 * @param patience how long a group waits for its next item, in milliseconds
 */
export async function* grouped<T>(
  items: AsyncIterable<T>,
  joins: (group: readonly T[], next: T) => boolean,
  patience: number,
): AsyncGenerator<readonly T[], void, undefined> {
  const iterator = items[Symbol.asyncIterator]();
  const take = () => {
    const next = iterator.next();
    // A failure is thrown in its turn; until then it must not count as unhandled.
    next.catch(() => undefined);
    return next;
  };
  try {
    let next = take();
    for (let first = await next; first.done !== true; first = await next) {
      const group = [first.value];
      next = take();
      for (;;) {
        const found = await inTime(next, patience);
        if (found === undefined || found.done === true || !joins(group, found.value)) break;
        group.push(found.value);
        next = take();
      }
      yield group;
    }
  } finally {
    await iterator.return?.();
  }
}

/** What a promise gives, or undefined where it takes longer; a failure counts as longer. */
async function inTime<T>(promise: Promise<T>, milliseconds: number): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), milliseconds);
  });
  try {
    return await Promise.race([promise.catch(() => undefined), late]);
  } finally {
    clearTimeout(timer);
  }
}
